// Package pcblist parses the tables that the sysctls net.inet.tcp.pcblist_n and
// net.inet.udp.pcblist_n of macOS return. It makes no system calls itself.
package pcblist

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"

	"lotop/sockets"
)

// ErrTruncated is returned for a table that ends early or has an unknown format.
var ErrTruncated = errors.New("truncated table")

// The layout of net.inet.tcp.pcblist_n and net.inet.udp.pcblist_n of macOS, from
// bsd/netinet/in_pcb.h, bsd/netinet/tcp_var.h and bsd/sys/socketvar.h of
// xnu-11417. All of it is packed to 4 bytes and little-endian.
//
// The table starts and ends with a struct xinpgen. Between them are several records
// for each socket, each padded to 8 bytes, the inpcb first. Records have grown
// between releases, so they are identified by length and kind, never by position.
const (
	pcbHeaderLen = 24 // struct xinpgen; u32 length, u32 count of sockets

	recordSocket  = 0x1  // struct xsocket_n
	recordReceive = 0x2  // struct xsockbuf_n
	recordSend    = 0x4  // struct xsockbuf_n
	recordStats   = 0x8  // struct xsockstat_n
	recordInpcb   = 0x10 // struct xinpcb_n
	recordTCP     = 0x20 // struct xtcpcb_n

	// Offsets within struct xinpcb_n.
	inpcbHandle     = 8  // u64, constant for the lifetime of the socket
	inpcbRemotePort = 16 // u16, big-endian
	inpcbLocalPort  = 18 // u16, big-endian
	inpcbGeneration = 28 // u64
	inpcbFlags      = 36 // u32
	inpcbFamilies   = 44 // u8 inp_vflag
	inpcbRemote     = 48 // 16 bytes, IPv4 in the last four
	inpcbLocal      = 64 // 16 bytes, IPv4 in the last four
	inpcbLen        = 80

	flagV6Only = 0x8000 // IN6P_IPV6_V6ONLY
	familyV4   = 0x1    // INP_IPV4
	familyV6   = 0x2    // INP_IPV6
	familyMap  = 0x4    // INP_V4MAPPEDV6

	// Offsets within struct xsocket_n.
	socketOptions   = 20 // u32
	socketState     = 26 // u16
	socketFamily    = 40 // i32
	socketQueue     = 44 // i16, connections not accepted yet
	socketHalfQueue = 46 // i16, those of them in the handshake
	socketLimit     = 48 // i16
	socketUID       = 64 // u32
	socketLastPID   = 68 // i32
	socketOwnerPID  = 72 // i32
	socketLen       = 76

	optionReuseAddr = 0x4   // SO_REUSEADDR
	optionReusePort = 0x200 // SO_REUSEPORT

	stateNoFDRef    = 0x1    // SS_NOFDREF: no descriptor refers to it
	stateUnaccepted = 0x1800 // SS_INCOMP | SS_COMP

	darwinInet6 = 30 // AF_INET6

	bufferBytes = 8 // u32 within struct xsockbuf_n
	bufferLen   = 12

	statsFirst   = 8  // within struct xsockstat_n
	statsClass   = 32 // u64 each: packets in, bytes in, packets out, bytes out
	statsClasses = 4
	statsLen     = statsFirst + statsClasses*statsClass

	tcpState = 36 // i32 within struct xtcpcb_n
	tcpLen   = 40
)

// tcpStates are the states of bsd/netinet/tcp_fsm.h, by number.
var tcpStates = [...]sockets.State{
	sockets.Close, sockets.Listen, sockets.SynSent, sockets.SynRecv, sockets.Established, sockets.CloseWait,
	sockets.FinWait1, sockets.Closing, sockets.LastAck, sockets.FinWait2, sockets.TimeWait,
}

// PCB is one socket of a table, with the fields that only this source has.
type PCB struct {
	sockets.Socket
	// LastPID is the process that used the socket last, OwnerPID the one on whose
	// behalf it did (so_last_pid, so_e_pid); 0 for the kernel itself, -1 if the
	// socket has none.
	LastPID, OwnerPID int32
	Traffic           sockets.TCPInfo
}

// pcbRecords are the records of one socket.
type pcbRecords struct {
	inpcb, socket, receive, send, stats, tcp []byte
}

// Parse appends the sockets of one table to dst if they have a local port; the others
// occupy nothing. If the table is truncated, it returns the sockets before that and
// an error.
func Parse(dst []PCB, b []byte, protocol sockets.Protocol) ([]PCB, error) {
	le := binary.LittleEndian
	if len(b) < pcbHeaderLen {
		return dst, fmt.Errorf("pcblist_n has %d bytes: %w", len(b), ErrTruncated)
	}
	header := le.Uint32(b)
	if header < pcbHeaderLen || uint64(header) > uint64(len(b)) {
		return dst, fmt.Errorf("pcblist_n header announces %d bytes of %d: %w", header, len(b), ErrTruncated)
	}
	if le.Uint32(b[4:]) == 0 {
		return dst, nil // an empty table has no second header
	}
	b = b[min(align8(int(header)), len(b)):]
	var t pcbRecords
	for len(b) >= 8 {
		size, kind := le.Uint32(b), le.Uint32(b[4:])
		if size < 8 || uint64(size) > uint64(len(b)) {
			return dst, fmt.Errorf("pcblist_n record announces %d bytes of %d: %w", size, len(b), ErrTruncated)
		}
		if size == header {
			return t.appendTo(dst, protocol), nil // the end: its second field is not a kind
		}
		if kind == recordInpcb {
			dst = t.appendTo(dst, protocol)
			t = pcbRecords{}
		}
		t.set(kind, b[:size])
		b = b[min(align8(int(size)), len(b)):]
	}
	return dst, fmt.Errorf("pcblist_n has no end record: %w", ErrTruncated)
}

func align8(n int) int { return (n + 7) &^ 7 }

// set stores a record. It ignores records that are too short for the fields read from
// them, and unknown kinds.
func (t *pcbRecords) set(kind uint32, b []byte) {
	switch {
	case kind == recordInpcb && len(b) >= inpcbLen:
		t.inpcb = b
	case kind == recordSocket && len(b) >= socketLen:
		t.socket = b
	case kind == recordReceive && len(b) >= bufferLen:
		t.receive = b
	case kind == recordSend && len(b) >= bufferLen:
		t.send = b
	case kind == recordStats && len(b) >= statsLen:
		t.stats = b
	case kind == recordTCP && len(b) >= tcpLen:
		t.tcp = b
	}
}

// appendTo appends the socket that the records describe, if the required records are
// there.
func (t *pcbRecords) appendTo(dst []PCB, protocol sockets.Protocol) []PCB {
	if t.inpcb == nil || t.socket == nil || protocol == sockets.TCP && t.tcp == nil {
		return dst
	}
	le := binary.LittleEndian
	port := binary.BigEndian.Uint16(t.inpcb[inpcbLocalPort:])
	if port == 0 {
		return dst
	}
	p := PCB{LastPID: -1, OwnerPID: -1}
	p.Protocol = protocol
	t.readAddresses(&p.Socket, port)
	p.State = sockets.Close
	switch {
	case protocol == sockets.TCP:
		n := le.Uint32(t.tcp[tcpState:])
		if n >= uint32(len(tcpStates)) {
			return dst
		}
		p.State = tcpStates[n]
	case p.Connected():
		p.State = sockets.Established
	}
	p.State = sockets.StateOf(p.State, protocol, p.Connected())
	t.readSocket(&p)
	t.readQueues(&p.Socket)
	t.readTraffic(&p)
	p.ID = t.id(&p)
	return append(dst, p)
}

// readAddresses sets the family and both addresses.
func (t *pcbRecords) readAddresses(s *sockets.Socket, port uint16) {
	families := t.inpcb[inpcbFamilies]
	family := binary.LittleEndian.Uint32(t.socket[socketFamily:])
	s.V6 = family == darwinInet6 || family == 0 && families&(familyV6|familyMap) != 0
	v6 := families&familyV6 != 0
	local, mapped := pcbAddress(t.inpcb[inpcbLocal:][:16], v6)
	remote, _ := pcbAddress(t.inpcb[inpcbRemote:][:16], v6)
	s.V4Mapped = s.V6 && (mapped || !v6)
	s.Local = netip.AddrPortFrom(local, port)
	if remotePort := binary.BigEndian.Uint16(t.inpcb[inpcbRemotePort:]); remotePort != 0 || !remote.IsUnspecified() {
		s.Remote = netip.AddrPortFrom(remote, remotePort)
	}
	if !s.V6 {
		return
	}
	// The kernel checks for conflicts by inp_vflag: a socket with a specific IPv6
	// address is IPv6 only, regardless of the option.
	option := binary.LittleEndian.Uint32(t.inpcb[inpcbFlags:])&flagV6Only != 0
	s.V6Only = sockets.TristateOf(option || v6 && families&familyV4 == 0)
}

// pcbAddress reads an address. An IPv4-mapped one is returned as IPv4, with mapped
// set. The second two bytes of a link-local address are the index of its interface
// (sa6_embedscope, bsd/netinet6/scope6.c) and not part of the address.
func pcbAddress(b []byte, v6 bool) (addr netip.Addr, mapped bool) {
	if !v6 {
		return netip.AddrFrom4([4]byte(b[12:16])), false
	}
	a := [16]byte(b)
	addr = netip.AddrFrom16(a)
	if addr.IsLinkLocalUnicast() || addr.IsLinkLocalMulticast() || addr.IsInterfaceLocalMulticast() {
		a[2], a[3] = 0, 0
		addr = netip.AddrFrom16(a)
	}
	return addr.Unmap(), addr.Is4In6()
}

// readSocket sets the user, the options and the owner, or the reason for none.
func (t *pcbRecords) readSocket(p *PCB) {
	le := binary.LittleEndian
	if le.Uint32(t.socket[socketFamily:]) == 0 {
		// A record of zeros: the socket itself was freed already.
		p.NoOwner = sockets.Orphaned
		if p.State == sockets.TimeWait {
			p.NoOwner = sockets.InTimeWait
		}
		return
	}
	p.UID, p.HasUID = le.Uint32(t.socket[socketUID:]), true
	options := le.Uint32(t.socket[socketOptions:])
	p.ReuseAddr = sockets.TristateOf(options&optionReuseAddr != 0)
	p.ReusePort = sockets.TristateOf(options&optionReusePort != 0)
	switch state := le.Uint16(t.socket[socketState:]); {
	case state&stateNoFDRef == 0:
		p.LastPID = int32(le.Uint32(t.socket[socketLastPID:]))
		p.OwnerPID = int32(le.Uint32(t.socket[socketOwnerPID:]))
	case state&stateUnaccepted != 0:
		p.NoOwner = sockets.NotAccepted
	case p.State == sockets.TimeWait:
		p.NoOwner = sockets.InTimeWait
	default:
		p.NoOwner = sockets.Orphaned
	}
}
