package model

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"lotop/sockets"
)

// Column is what rows can be ordered by.
type Column uint8

// The columns, in the order of the screen.
const (
	ByProto Column = iota
	ByLocal
	ByRemote
	ByState
	ByPID
	ByProcess
	ByUser
	ByAge
)

var columnNames = [...]string{
	ByProto: "proto", ByLocal: "local", ByRemote: "remote", ByState: "state",
	ByPID: "pid", ByProcess: "process", ByUser: "user", ByAge: "age",
}

// String gives the name that --sort takes.
func (c Column) String() string {
	if int(c) < len(columnNames) {
		return columnNames[c]
	}
	return ""
}

// ParseColumn finds a column by its name.
func ParseColumn(name string) (Column, bool) {
	i := slices.Index(columnNames[:], strings.ToLower(name))
	return Column(max(i, 0)), i >= 0
}

// ColumnNames lists what ParseColumn takes.
func ColumnNames() []string { return columnNames[:] }

// Order is a column and a direction. Ties are always broken by address, upwards,
// so that rows do not dance.
type Order struct {
	Column  Column
	Reverse bool
}

func (o Order) compare(a, b Row) int { return o.Compare(&a, &b) }

// Compare orders two rows; it gives 0 only for a row and itself.
func (o Order) Compare(a, b *Row) int {
	c := compareBy[o.Column](a, b)
	if o.Reverse {
		c = -c
	}
	if c != 0 {
		return c
	}
	return compareAddress(a, b)
}

var compareBy = [...]func(a, b *Row) int{
	ByProto: func(a, b *Row) int { return cmp.Compare(a.Socket.Protocol, b.Socket.Protocol) },
	ByLocal: compareLocal,
	ByRemote: func(a, b *Row) int {
		return cmp.Or(cmp.Compare(a.Clients, b.Clients), compareEnd(a.Socket.Remote, b.Socket.Remote))
	},
	ByState:   func(a, b *Row) int { return cmp.Compare(stateRank(a.Socket.State), stateRank(b.Socket.State)) },
	ByPID:     func(a, b *Row) int { return comparePID(a, b) },
	ByProcess: compareProcess,
	ByUser:    compareUser,
	ByAge:     func(a, b *Row) int { return compareAge(a, b) },
}

// compareLocal puts a listener before its connections, because both have its
// port.
func compareLocal(a, b *Row) int {
	s, t := a.Socket, b.Socket
	return cmp.Or(
		cmp.Compare(s.Protocol, t.Protocol),
		cmp.Compare(s.Local.Port(), t.Local.Port()),
	)
}

// compareAddress is a total order: no two rows are equal in it.
func compareAddress(a, b *Row) int {
	if c := compareLocal(a, b); c != 0 {
		return c
	}
	s, t := a.Socket, b.Socket
	if s.Connected() != t.Connected() {
		if s.Connected() {
			return 1
		}
		return -1
	}
	if c := s.Local.Addr().Compare(t.Local.Addr()); c != 0 {
		return c
	}
	if c := compareEnd(s.Remote, t.Remote); c != 0 {
		return c
	}
	return cmp.Compare(s.ID, t.ID)
}

func compareEnd(a, b netip.AddrPort) int {
	return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Port(), b.Port()))
}

// stateRank orders states by how much they say about what goes on now.
func stateRank(s sockets.State) int {
	switch s {
	case sockets.Listen:
		return 0
	case sockets.Established:
		return 1
	case sockets.TimeWait:
		return 20
	case sockets.Bound, sockets.Unconn:
		return 19
	}
	return 2 + int(s)
}

func comparePID(a, b *Row) int {
	p, q := firstPID(a.Socket), firstPID(b.Socket)
	if (p == 0) != (q == 0) {
		return cmp.Compare(q, p) // rows without a process come last
	}
	return cmp.Compare(p, q)
}

func firstPID(s *sockets.Socket) int32 {
	if len(s.Owners) == 0 {
		return 0
	}
	return s.Owners[0].PID
}

func compareProcess(a, b *Row) int {
	p, q := a.Owner(a.Socket), b.Owner(b.Socket)
	switch {
	case p == q:
		return 0
	case p == nil:
		return 1
	case q == nil:
		return -1
	}
	return cmp.Or(cmp.Compare(p.Name.String(), q.Name.String()), cmp.Compare(p.PID, q.PID))
}

func compareUser(a, b *Row) int {
	s, t := a.Socket, b.Socket
	if s.HasUID != t.HasUID {
		if s.HasUID {
			return -1
		}
		return 1
	}
	if s.UID == t.UID {
		return 0
	}
	return cmp.Or(
		cmp.Compare(a.In.Users[s.UID].String(), b.In.Users[t.UID].String()),
		cmp.Compare(s.UID, t.UID),
	)
}

// compareAge puts the youngest first, and last what has no known age.
func compareAge(a, b *Row) int {
	if a.First.IsZero() != b.First.IsZero() {
		if a.First.IsZero() {
			return 1
		}
		return -1
	}
	return b.First.Compare(a.First)
}
