package track

import (
	"cmp"
	"math"
	"net/netip"

	"lotop/model"
	"lotop/sockets"
)

// columnKey returns the row's value in the column as a number that sorts as the column
// does, less than math.MaxUint64; known is false if there is none.
func (s *sorter) columnKey(c model.Column, r *model.Row) (key uint64, known bool) {
	switch socket := r.Socket; c {
	case model.ByProto:
		return uint64(socket.Protocol), true
	case model.ByLocal:
		return uint64(socket.Protocol)<<16 | uint64(socket.Local.Port()), true
	case model.ByRemote:
		if !socket.Connected() {
			return uint64(r.Clients), true
		}
		return 1<<62 | addrPrefix(socket.Remote), true
	case model.ByState:
		return stateRank(socket.State), true
	case model.ByPID:
		if len(socket.Owners) == 0 {
			return 0, false
		}
		return uint64(socket.Owners[0].PID), true
	case model.ByProcess:
		p := r.Owner(socket)
		return s.processes[p], p != nil
	case model.ByUser:
		return s.userRank(r, socket)
	case model.ByAge: // the youngest first
		return math.MaxInt64 - uint64(r.FirstSeen.UnixNano()), !r.FirstSeen.IsZero()
	}
	return 0, true
}

// stateRank orders states by how much they show of current activity.
func stateRank(s sockets.State) uint64 {
	switch s {
	case sockets.Listen:
		return 0
	case sockets.Established:
		return 1
	case sockets.TimeWait:
		return 300
	case sockets.Bound, sockets.Unconn:
		return 299
	}
	return 2 + uint64(s)
}

// compareAddress is a total order, of which rankAddress is a prefix. Listening and bound
// sockets come before the connections on their port.
func compareAddress(a, b *model.Row) int {
	s, t := a.Socket, b.Socket
	if c := cmp.Compare(s.Protocol, t.Protocol); c != 0 {
		return c
	}
	if c := cmp.Compare(s.Local.Port(), t.Local.Port()); c != 0 {
		return c
	}
	if s.Connected() != t.Connected() {
		if s.Connected() {
			return 1
		}
		return -1
	}
	if c := s.Local.Addr().Compare(t.Local.Addr()); c != 0 {
		return c
	}
	if c := s.Remote.Compare(t.Remote); c != 0 {
		return c
	}
	return cmp.Compare(s.ID, t.ID)
}

// rankAddress returns numbers that sort as compareAddress does, which is needed only
// where they are equal. If not exact, local is only a prefix of the address and decides
// only where it differs.
func rankAddress(s *sockets.Socket) (local, remote uint64, exact bool) {
	local = uint64(s.Protocol)<<56 | uint64(s.Local.Port())<<40 | addrPrefix(s.Local)>>16
	if s.Connected() {
		local |= 1 << 39
	}
	return local, addrPrefix(s.Remote), !isWide(s.Local.Addr())
}

// addrPrefix returns 50 bits that sort as address and port do. They are the whole of IPv4
// addresses and of ::1, and a prefix of other IPv6 addresses.
func addrPrefix(e netip.AddrPort) uint64 {
	const none, short4, short6, long = 0, 1 << 48, 2 << 48, 3 << 48
	a := e.Addr()
	switch {
	case !a.IsValid():
		return none
	case a.Is4():
		b := a.As4()
		return short4 | beUint32(b[:])<<16 | uint64(e.Port())
	}
	b := a.As16()
	if isWide(a) {
		return long | beUint32(b[:])<<16 | uint64(b[4])<<8 | uint64(b[5])
	}
	return short6 | beUint32(b[12:])<<16 | uint64(e.Port())
}

// isWide reports whether an address does not fit into an addrPrefix.
func isWide(a netip.Addr) bool {
	if !a.Is6() {
		return false
	}
	b := a.As16()
	return a.Zone() != "" || [12]byte(b[:12]) != [12]byte{}
}

func beUint32(b []byte) uint64 {
	return uint64(b[0])<<24 | uint64(b[1])<<16 | uint64(b[2])<<8 | uint64(b[3])
}
