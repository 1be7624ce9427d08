// Package sockdiag implements NETLINK_SOCK_DIAG (sock_diag(7)): it dumps the TCP and
// UDP tables, queries and destroys single sockets, and receives destroy
// notifications. The parsers are plain Go and are tested on every system.
package sockdiag

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"lotop/sockets"
)

// The layouts of NETLINK_SOCK_DIAG, from include/uapi/linux/inet_diag.h and
// include/uapi/linux/netlink.h. They are written out here, not taken from a
// system package, so that the parser is built and tested everywhere.
const (
	afInet  = 2
	afInet6 = 10

	tcpDiagGetSock   = 18 // TCPDIAG_GETSOCK, the request before SOCK_DIAG_BY_FAMILY
	sockDiagByFamily = 20 // SOCK_DIAG_BY_FAMILY
	nlmsgError       = 2
	nlmsgDone        = 3
	nlmFlagDumpIntr  = 0x10
	nlmFlagRequest   = 0x1
	nlmFlagDump      = 0x300 // NLM_F_ROOT | NLM_F_MATCH

	nlHeaderLen    = 16
	diagRequestLen = 56 // struct inet_diag_req_v2
	diagOldReqLen  = 60 // struct inet_diag_req
	diagMessageLen = 72 // struct inet_diag_msg

	attrV6Only   = 11 // INET_DIAG_SKV6ONLY
	attrCgroupID = 21 // INET_DIAG_CGROUP_ID
	attrTypeMask = 0x3fff

	allStates    = 1<<14 - 1 // up to and including TCP_BOUND_INACTIVE (13)
	boundStates  = 1 << sockets.Bound
	listenStates = 1 << sockets.Listen
)

// errShort is returned for a message that is shorter than its layout or its header
// says.
var errShort = errors.New("truncated message")

// dumpRequest appends a request for the sockets of one family and protocol whose
// state is in the bit set states. Family 0 means both families; only the older of the
// two requests supports it, and for TCP only.
func dumpRequest(b []byte, family uint8, protocol sockets.Protocol, states, seq uint32) []byte {
	ne := binary.NativeEndian
	kind, size := uint16(sockDiagByFamily), diagRequestLen
	if family == 0 {
		kind, size = tcpDiagGetSock, diagOldReqLen
	}
	b = ne.AppendUint32(b, uint32(nlHeaderLen+size))
	b = ne.AppendUint16(b, kind)
	b = ne.AppendUint16(b, nlmFlagRequest|nlmFlagDump)
	b = ne.AppendUint32(b, seq)
	b = ne.AppendUint32(b, 0) // port ID: the kernel sets it
	var noAddresses [48]byte  // match all
	if family == 0 {
		b = append(b, 0, 0, 0, 0)
		b = append(b, noAddresses[:]...)
		b = ne.AppendUint32(b, states)
		return ne.AppendUint32(b, 0)
	}
	b = append(b, family, uint8(protocol), 0, 0)
	b = ne.AppendUint32(b, states)
	return append(b, noAddresses[:]...)
}

// socketRequest appends a request about one socket, identified by its addresses and
// its cookie.
func socketRequest(b []byte, s *sockets.Socket, kind, flags uint16, seq uint32) []byte {
	ne := binary.NativeEndian
	b = ne.AppendUint32(b, nlHeaderLen+diagRequestLen)
	b = ne.AppendUint16(b, kind)
	b = ne.AppendUint16(b, flags)
	b = ne.AppendUint32(b, seq)
	b = ne.AppendUint32(b, 0)
	family := uint8(afInet6)
	if s.Local.Addr().Is4() {
		family = afInet // the kernel also finds IPv4-mapped sockets by it
	}
	b = append(b, family, uint8(s.Protocol), 0, 0)
	b = ne.AppendUint32(b, allStates)
	b = binary.BigEndian.AppendUint16(b, s.Local.Port())
	b = binary.BigEndian.AppendUint16(b, s.Remote.Port())
	b = appendAddress(b, s.Local.Addr())
	b = appendAddress(b, s.Remote.Addr())
	b = ne.AppendUint32(b, s.Interface)
	return ne.AppendUint64(b, uint64(s.ID))
}

// appendAddress appends the 16 bytes of an address, zeros if there is none.
func appendAddress(b []byte, a netip.Addr) []byte {
	var field [16]byte
	switch {
	case a.Is4():
		v4 := a.As4()
		copy(field[:], v4[:])
	case a.Is6():
		field = a.As16()
	}
	return append(b, field[:]...)
}

// dumpPart is the state of a dump after one buffer.
type dumpPart struct {
	done        bool // the buffer had the last message of the dump
	interrupted bool // the table changed during the dump, which has to be repeated
	errno       int  // with which the kernel refused the request, 0 for none
}

// parseDumpPart appends the sockets in buf, one datagram of the reply to the request
// with sequence number seq, to dst. It skips messages of other requests, which an
// earlier, aborted dump left behind.
func parseDumpPart(
	dst []sockets.Socket, buf []byte, protocol sockets.Protocol, seq uint32,
) ([]sockets.Socket, dumpPart, error) {
	var res dumpPart
	ne := binary.NativeEndian
	for len(buf) >= nlHeaderLen {
		size := int(ne.Uint32(buf))
		if size < nlHeaderLen || size > len(buf) {
			return dst, res, fmt.Errorf("netlink header announces %d bytes of %d: %w", size, len(buf), errShort)
		}
		kind, flags := ne.Uint16(buf[4:]), ne.Uint16(buf[6:])
		body := buf[nlHeaderLen:size]
		sameRequest := ne.Uint32(buf[8:]) == seq
		buf = buf[min(align4(size), len(buf)):]
		if !sameRequest {
			continue
		}
		res.interrupted = res.interrupted || flags&nlmFlagDumpIntr != 0
		switch kind {
		case nlmsgDone, nlmsgError:
			// Both carry an errno: a dump can fail at its very end.
			res.done = true
			if len(body) >= 4 {
				res.errno = -int(int32(ne.Uint32(body)))
			}
		case sockDiagByFamily, tcpDiagGetSock:
			var err error
			if dst, err = appendSocket(dst, body, protocol); err != nil {
				return dst, res, err
			}
		}
	}
	return dst, res, nil
}

// appendSocket parses one struct inet_diag_msg with its attributes. It writes in
// place, at the end of dst, because a Socket is large and there are many.
func appendSocket(dst []sockets.Socket, b []byte, protocol sockets.Protocol) ([]sockets.Socket, error) {
	if len(b) < diagMessageLen {
		return dst, fmt.Errorf("inet_diag_msg has %d bytes, expected %d: %w", len(b), diagMessageLen, errShort)
	}
	ne := binary.NativeEndian
	dst = append(dst, sockets.Socket{
		Protocol: protocol, State: sockets.State(b[1]), Timer: sockets.Timer(b[2]), HasQueue: true,
	})
	s := &dst[len(dst)-1]
	s.V6 = b[0] == afInet6
	local, mapped := diagAddress(b[8:24], s.V6)
	remote, _ := diagAddress(b[24:40], s.V6)
	s.V4Mapped = mapped
	s.Local = netip.AddrPortFrom(local, binary.BigEndian.Uint16(b[4:]))
	if port := binary.BigEndian.Uint16(b[6:]); port != 0 || !remote.IsUnspecified() {
		s.Remote = netip.AddrPortFrom(remote, port)
	}
	s.Interface = ne.Uint32(b[40:])
	s.ID = sockets.ID(ne.Uint64(b[44:])) // two u32, low half first on little-endian hosts
	s.TimerLeft = time.Duration(ne.Uint32(b[52:])) * time.Millisecond
	s.RecvQueue, s.SendQueue = ne.Uint32(b[56:]), ne.Uint32(b[60:])
	s.UID = ne.Uint32(b[64:])
	s.Inode = uint64(ne.Uint32(b[68:]))
	// UID 0 of a TIME_WAIT socket and the like means no user, not root.
	s.HasUID = s.Inode != 0 || s.UID != 0
	s.State = sockets.StateOf(s.State, protocol, s.Connected())
	var cgroup uint64
	eachAttr(b[diagMessageLen:], func(kind uint16, data []byte) {
		switch {
		case kind == attrV6Only && len(data) >= 1:
			s.V6Only = sockets.TristateOf(data[0] != 0)
		case kind == attrCgroupID && len(data) >= 8:
			cgroup = ne.Uint64(data)
		}
	})
	s.CgroupID = cgroup
	s.NoOwner = noOwnerByState(s)
	return dst, nil
}

// noOwnerByState returns why a socket without inode has no owner. Such a connection
// can only be ESTABLISHED or CLOSE_WAIT while it is in an accept queue.
func noOwnerByState(s *sockets.Socket) sockets.NoOwnerReason {
	if s.Inode != 0 {
		return sockets.NoReason
	}
	switch s.State {
	case sockets.TimeWait:
		return sockets.InTimeWait
	case sockets.Established, sockets.CloseWait, sockets.SynRecv:
		return sockets.NotAccepted
	}
	return sockets.Orphaned
}

// diagAddress parses the 16 bytes of an address. An IPv4-mapped one is returned as
// IPv4, with mapped set.
func diagAddress(b []byte, v6 bool) (addr netip.Addr, mapped bool) {
	if !v6 {
		return netip.AddrFrom4([4]byte(b[:4])), false
	}
	addr = netip.AddrFrom16([16]byte(b[:16]))
	if addr.Is4In6() {
		return addr.Unmap(), true
	}
	return addr, false
}

// eachAttr calls f with every netlink attribute in b. It stops at the first that is
// truncated.
func eachAttr(b []byte, f func(kind uint16, data []byte)) {
	ne := binary.NativeEndian
	for len(b) >= 4 {
		size := int(ne.Uint16(b))
		if size < 4 || size > len(b) {
			return
		}
		f(ne.Uint16(b[2:])&attrTypeMask, b[4:size])
		b = b[min(align4(size), len(b)):]
	}
}

func align4(n int) int { return (n + 3) &^ 3 }
