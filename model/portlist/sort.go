package portlist

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"lotop/model"
)

var (
	loopback4 = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	loopback6 = netip.IPv6Loopback()
)

// sortRows sorts ports and programs. Rows without a value in the column come last,
// whatever the direction.
func sortRows(all []Row, o model.Order) {
	slices.SortFunc(all, func(x, y Row) int {
		if x.Kind != y.Kind {
			return cmp.Compare(x.Kind, y.Kind)
		}
		c, known := compareIn(o.Column, &x, &y)
		if known && o.Reverse {
			c = -c
		}
		return cmp.Or(c, compareAddress(x, y))
	})
}

// compareIn compares in a column; known is false if one of the rows has no value.
func compareIn(column model.Column, x, y *Row) (c int, known bool) {
	switch column {
	case model.ByRemote:
		return cmp.Compare(y.Connections, x.Connections), true // the busiest first
	case model.ByState:
		return cmp.Compare(x.Socket.State, y.Socket.State), true
	case model.ByProto:
		return cmp.Compare(x.Socket.Protocol, y.Socket.Protocol), true
	case model.ByPID, model.ByProcess:
		p, q := x.Owner(x.Socket), y.Owner(y.Socket)
		switch {
		case p == nil || q == nil:
			return cmp.Compare(pidOf(q), pidOf(p)), false
		case column == model.ByPID:
			return cmp.Compare(p.PID, q.PID), true
		}
		return strings.Compare(p.Name.Raw(), q.Name.Raw()), true
	case model.ByUser:
		return cmp.Compare(x.Socket.UID, y.Socket.UID), x.Socket.HasUID && y.Socket.HasUID
	case model.ByAge: // the youngest first
		if x.FirstSeen.IsZero() || y.FirstSeen.IsZero() {
			return y.FirstSeen.Compare(x.FirstSeen), false
		}
		return y.FirstSeen.Compare(x.FirstSeen), true
	}
	return 0, true
}

// compareAddress is a total order: TCP before UDP, then by port, address and ID.
func compareAddress(x, y Row) int {
	s, t := x.Socket, y.Socket
	return cmp.Or(
		cmp.Compare(s.Protocol, t.Protocol),
		cmp.Compare(s.Local.Port(), t.Local.Port()),
		s.Local.Addr().Compare(t.Local.Addr()),
		s.Remote.Compare(t.Remote),
		cmp.Compare(s.ID, t.ID),
	)
}
