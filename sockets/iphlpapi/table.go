// Package iphlpapi parses the tables that GetExtendedTcpTable and GetExtendedUdpTable
// of Windows return. It makes no system calls itself.
package iphlpapi

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"net/netip"

	"lotop/sockets"
)

// Table describes a table of GetExtendedTcpTable or GetExtendedUdpTable: the offsets
// of the fields of its rows, in bytes, as tcpmib.h and udpmib.h of the Windows SDK
// lay them out on a 64-bit system. A field that a row does not have is at
// absentField. The table starts with a u32, the number of rows.
type Table struct {
	Protocol sockets.Protocol
	V6       bool
	Class    uint32 // TCP_TABLE_CLASS or UDP_TABLE_CLASS of iprtrmib.h
	firstRow int    // offset of the first row
	rowSize  int

	local, scope, localPort, remote, remotePort, state, pid, created int
}

const absentField = -1

// ModuleTables are the tables with creation times of sockets, which show that a PID
// now belongs to another process.
var ModuleTables = [...]Table{
	{ // MIB_TCPROW_OWNER_MODULE
		Protocol: sockets.TCP, Class: 8, firstRow: 8, rowSize: 160,
		state: 0, local: 4, scope: absentField, localPort: 8, remote: 12, remotePort: 16, pid: 20, created: 24,
	},
	{ // MIB_TCP6ROW_OWNER_MODULE
		Protocol: sockets.TCP, V6: true, Class: 8, firstRow: 8, rowSize: 192,
		local: 0, scope: 16, localPort: 20, remote: 24, remotePort: 44, state: 48, pid: 52, created: 56,
	},
	{ // MIB_UDPROW_OWNER_MODULE
		Protocol: sockets.UDP, Class: 2, firstRow: 8, rowSize: 160,
		local: 0, scope: absentField, localPort: 4, remote: absentField, remotePort: absentField,
		state: absentField, pid: 8, created: 16,
	},
	{ // MIB_UDP6ROW_OWNER_MODULE
		Protocol: sockets.UDP, V6: true, Class: 2, firstRow: 8, rowSize: 176,
		local: 0, scope: 16, localPort: 20, remote: absentField, remotePort: absentField,
		state: absentField, pid: 24, created: 32,
	},
}

// PIDTables are the same tables without creation times, for systems that refuse the
// others.
var PIDTables = [...]Table{
	{ // MIB_TCPROW_OWNER_PID
		Protocol: sockets.TCP, Class: 5, firstRow: 4, rowSize: 24,
		state: 0, local: 4, scope: absentField, localPort: 8, remote: 12, remotePort: 16, pid: 20, created: absentField,
	},
	{ // MIB_TCP6ROW_OWNER_PID
		Protocol: sockets.TCP, V6: true, Class: 5, firstRow: 4, rowSize: 56,
		local: 0, scope: 16, localPort: 20, remote: 24, remotePort: 44, state: 48, pid: 52, created: absentField,
	},
	{ // MIB_UDPROW_OWNER_PID
		Protocol: sockets.UDP, Class: 1, firstRow: 4, rowSize: 12,
		local: 0, scope: absentField, localPort: 4, remote: absentField, remotePort: absentField,
		state: absentField, pid: 8, created: absentField,
	},
	{ // MIB_UDP6ROW_OWNER_PID
		Protocol: sockets.UDP, V6: true, Class: 1, firstRow: 4, rowSize: 28,
		local: 0, scope: 16, localPort: 20, remote: absentField, remotePort: absentField,
		state: absentField, pid: 24, created: absentField,
	},
}

// Row is a socket with what the table contains about its owner.
type Row struct {
	sockets.Socket
	PID     int32  // 0 for none
	created uint64 // FILETIME at which the socket was created, 0 if not known
}

// Parse appends the rows of a table to dst. If the table announces more rows than it
// contains, it returns those that are there and an error.
func (t *Table) Parse(dst []Row, b []byte) ([]Row, error) {
	if len(b) < 4 {
		return dst, fmt.Errorf("truncated table of %d bytes", len(b))
	}
	count := uint64(binary.LittleEndian.Uint32(b))
	if count == 0 {
		return dst, nil
	}
	var complete uint64
	if len(b) > t.firstRow {
		b = b[t.firstRow:]
		complete = uint64(len(b) / t.rowSize)
	}
	for i := range min(count, complete) {
		dst = append(dst, t.row(b[int(i)*t.rowSize:][:t.rowSize]))
	}
	if count > complete {
		return dst, fmt.Errorf("table of %d rows truncated after %d", count, complete)
	}
	return dst, nil
}

func (t *Table) row(b []byte) Row {
	r := Row{PID: int32(binary.LittleEndian.Uint32(b[t.pid:]))}
	if t.created != absentField {
		r.created = binary.LittleEndian.Uint64(b[t.created:])
	}
	r.Protocol, r.V6, r.State = t.Protocol, t.V6, sockets.Unconn
	r.Local = t.addrPort(b, t.local, t.localPort)
	if t.state != absentField {
		r.State = mibState(binary.LittleEndian.Uint32(b[t.state:]))
		// Not every release clears the remote address of a listener.
		if remote := t.addrPort(b, t.remote, t.remotePort); r.State != sockets.Listen && remote.Port() != 0 {
			r.Remote = remote
		}
	}
	if t.scope != absentField && r.Local.Addr().IsLinkLocalUnicast() {
		r.Interface = binary.LittleEndian.Uint32(b[t.scope:])
	}
	if r.V6 && r.Local.Addr().Is4In6() {
		r.V4Mapped = true
		r.Local = netip.AddrPortFrom(r.Local.Addr().Unmap(), r.Local.Port())
		if r.Remote.IsValid() {
			r.Remote = netip.AddrPortFrom(r.Remote.Addr().Unmap(), r.Remote.Port())
		}
	}
	return r
}

// addrPort reads an address, and a port that is in network order in the first two of
// four bytes; the other two are undefined.
func (t *Table) addrPort(b []byte, addr, port int) netip.AddrPort {
	n := binary.BigEndian.Uint16(b[port:])
	if t.V6 {
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[addr:])), n)
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[addr:])), n)
}

// mibStates are the values of MIB_TCP_STATE (tcpmib.h). DELETE_TCB, the last, is a
// connection that is being deleted.
var mibStates = [...]sockets.State{
	1: sockets.Close, 2: sockets.Listen, 3: sockets.SynSent, 4: sockets.SynRecv, 5: sockets.Established,
	6: sockets.FinWait1, 7: sockets.FinWait2, 8: sockets.CloseWait, 9: sockets.Closing, 10: sockets.LastAck,
	11: sockets.TimeWait, 12: sockets.Close,
}

func mibState(n uint32) sockets.State {
	if n < uint32(len(mibStates)) && mibStates[n] != 0 {
		return mibStates[n]
	}
	return sockets.Close
}

// AssignIDs sets the ID of every row: a hash of its fields, which stays the same from
// one snapshot to the next and from one Source to another. Rows with equal fields are
// numbered. seen is scratch memory.
func AssignIDs(rows []Row, seen map[sockets.ID]uint32) {
	clear(seen)
	for i := range rows {
		r := &rows[i]
		first := r.hash(0)
		n := seen[first]
		seen[first] = n + 1
		if r.ID = first; n > 0 {
			r.ID = r.hash(n)
		}
	}
}

func (r *Row) hash(n uint32) sockets.ID {
	var b [64]byte
	key := b[:0]
	family := byte(4)
	if r.V6 {
		family = 6
	}
	key = append(key, byte(r.Protocol), family)
	key = appendAddrPort(key, r.Local)
	key = appendAddrPort(key, r.Remote)
	key = binary.LittleEndian.AppendUint32(key, uint32(r.PID))
	key = binary.LittleEndian.AppendUint64(key, r.created)
	key = binary.LittleEndian.AppendUint32(key, n)
	h := fnv.New64a()
	_, _ = h.Write(key) // never fails
	return sockets.ID(h.Sum64())
}

func appendAddrPort(b []byte, a netip.AddrPort) []byte {
	addr := a.Addr().As16() // sixteen zeros if there is none
	return binary.LittleEndian.AppendUint16(append(b, addr[:]...), a.Port())
}
