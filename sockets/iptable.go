package sockets

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"net/netip"
)

// ipTable says what a table of GetExtendedTcpTable or GetExtendedUdpTable is
// and where the fields of its rows stand, in bytes, as tcpmib.h and udpmib.h of
// the Windows SDK lay them out on a 64-bit system. A field that a row does not
// have is at none. Before the first row stands a u32, the number of rows.
type ipTable struct {
	protocol Protocol
	v6       bool
	class    uint32 // TCP_TABLE_CLASS or UDP_TABLE_CLASS of iprtrmib.h
	firstRow int    // where the first row begins
	rowSize  int    // of a row

	local, scope, localPort, remote, remotePort, state, pid, created int
}

const absentField = -1

// moduleTables are the tables that tell when a socket was made, which unmasks a
// pid that names another process by now.
var moduleTables = [...]ipTable{
	{ // MIB_TCPROW_OWNER_MODULE
		protocol: TCP, class: 8, firstRow: 8, rowSize: 160,
		state: 0, local: 4, scope: absentField, localPort: 8, remote: 12, remotePort: 16, pid: 20, created: 24,
	},
	{ // MIB_TCP6ROW_OWNER_MODULE
		protocol: TCP, v6: true, class: 8, firstRow: 8, rowSize: 192,
		local: 0, scope: 16, localPort: 20, remote: 24, remotePort: 44, state: 48, pid: 52, created: 56,
	},
	{ // MIB_UDPROW_OWNER_MODULE
		protocol: UDP, class: 2, firstRow: 8, rowSize: 160,
		local: 0, scope: absentField, localPort: 4, remote: absentField, remotePort: absentField, state: absentField, pid: 8, created: 16,
	},
	{ // MIB_UDP6ROW_OWNER_MODULE
		protocol: UDP, v6: true, class: 2, firstRow: 8, rowSize: 176,
		local: 0, scope: 16, localPort: 20, remote: absentField, remotePort: absentField, state: absentField, pid: 24, created: 32,
	},
}

// pidTables are the same without times, for where the others are refused.
var pidTables = [...]ipTable{
	{ // MIB_TCPROW_OWNER_PID
		protocol: TCP, class: 5, firstRow: 4, rowSize: 24,
		state: 0, local: 4, scope: absentField, localPort: 8, remote: 12, remotePort: 16, pid: 20, created: absentField,
	},
	{ // MIB_TCP6ROW_OWNER_PID
		protocol: TCP, v6: true, class: 5, firstRow: 4, rowSize: 56,
		local: 0, scope: 16, localPort: 20, remote: 24, remotePort: 44, state: 48, pid: 52, created: absentField,
	},
	{ // MIB_UDPROW_OWNER_PID
		protocol: UDP, class: 1, firstRow: 4, rowSize: 12,
		local: 0, scope: absentField, localPort: 4, remote: absentField, remotePort: absentField, state: absentField, pid: 8, created: absentField,
	},
	{ // MIB_UDP6ROW_OWNER_PID
		protocol: UDP, v6: true, class: 1, firstRow: 4, rowSize: 28,
		local: 0, scope: 16, localPort: 20, remote: absentField, remotePort: absentField, state: absentField, pid: 24, created: absentField,
	},
}

// ipRow is a socket with what the table says of its owner.
type ipRow struct {
	Socket
	pid     int32  // 0 for nobody
	created uint64 // FILETIME of the socket's making, 0 if not known
}

// parse appends the rows of a table. Rows that the table promises and does not
// hold are an error; those before them are told all the same.
func (t *ipTable) parse(dst []ipRow, b []byte) ([]ipRow, error) {
	if len(b) < 4 {
		return dst, fmt.Errorf("truncated table of %d bytes", len(b))
	}
	count := uint64(binary.LittleEndian.Uint32(b))
	if count == 0 {
		return dst, nil
	}
	var whole uint64
	if len(b) > t.firstRow {
		b = b[t.firstRow:]
		whole = uint64(len(b) / t.rowSize)
	}
	for i := range min(count, whole) {
		dst = append(dst, t.row(b[int(i)*t.rowSize:][:t.rowSize]))
	}
	if count > whole {
		return dst, fmt.Errorf("table of %d rows truncated after %d", count, whole)
	}
	return dst, nil
}

func (t *ipTable) row(b []byte) ipRow {
	r := ipRow{pid: int32(binary.LittleEndian.Uint32(b[t.pid:]))}
	if t.created != absentField {
		r.created = binary.LittleEndian.Uint64(b[t.created:])
	}
	r.Protocol, r.V6, r.State = t.protocol, t.v6, Unconn
	r.Local = t.addrPort(b, t.local, t.localPort)
	if t.state != absentField {
		r.State = mibState(binary.LittleEndian.Uint32(b[t.state:]))
		// A listener's remote end is not cleared by every release.
		if remote := t.addrPort(b, t.remote, t.remotePort); r.State != Listen && remote.Port() != 0 {
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

// addrPort reads an address, and a port that stands in network order in the first
// two of four bytes; the others may hold anything.
func (t *ipTable) addrPort(b []byte, addr, port int) netip.AddrPort {
	n := binary.BigEndian.Uint16(b[port:])
	if t.v6 {
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[addr:])), n)
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[addr:])), n)
}

// mibStates are the values of MIB_TCP_STATE (tcpmib.h). DELETE_TCB, the last,
// is a connection that is being thrown away.
var mibStates = [...]State{
	1: Close, 2: Listen, 3: SynSent, 4: SynRecv, 5: Established, 6: FinWait1,
	7: FinWait2, 8: CloseWait, 9: Closing, 10: LastAck, 11: TimeWait, 12: Close,
}

func mibState(n uint32) State {
	if n < uint32(len(mibStates)) && mibStates[n] != 0 {
		return mibStates[n]
	}
	return Close
}

// assignIDs gives every row its ID: a hash of what the table says of it, which
// stays the same from one snapshot to the next and from one Source to another.
// Sockets that the table does not tell apart are counted. The map is scratch
// memory.
func assignIDs(rows []ipRow, seen map[ID]uint32) {
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

func (r *ipRow) hash(n uint32) ID {
	var b [64]byte
	at := b[:0]
	family := byte(4)
	if r.V6 {
		family = 6
	}
	at = append(at, byte(r.Protocol), family)
	at = appendAddrPort(at, r.Local)
	at = appendAddrPort(at, r.Remote)
	at = binary.LittleEndian.AppendUint32(at, uint32(r.pid))
	at = binary.LittleEndian.AppendUint64(at, r.created)
	at = binary.LittleEndian.AppendUint32(at, n)
	h := fnv.New64a()
	_, _ = h.Write(at) // never fails
	return ID(h.Sum64())
}

func appendAddrPort(b []byte, a netip.AddrPort) []byte {
	addr := a.Addr().As16() // of no address as well: sixteen zeros
	return binary.LittleEndian.AppendUint16(append(b, addr[:]...), a.Port())
}
