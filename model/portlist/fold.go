package portlist

import (
	"lotop/model"
	"lotop/sockets"
)

// portKey is what the twins of a port have in common.
type portKey struct {
	protocol sockets.Protocol
	port     uint16
	state    sockets.State
	device   uint32
	owner    int32 // PID of the first owner, or why there is none
	owners   int
	uid      uint32
	wide     scope
	closed   bool
}

// scope is from where the address of a socket can be reached: twins have equal ones.
type scope uint8

const (
	scopeOther    scope = iota // an address of its own: no twin
	scopeLoopback              // 127.0.0.1 or ::1
	scopeWildcard              // 0.0.0.0 or ::
)

func scopeOf(s *sockets.Socket) scope {
	switch a := s.Local.Addr().Unmap(); {
	case a.IsUnspecified():
		return scopeWildcard
	case a == loopback4, a == loopback6:
		return scopeLoopback
	}
	return scopeOther
}

func keyOf(r *model.Row) portKey {
	s := r.Socket
	k := portKey{
		protocol: s.Protocol, port: s.Local.Port(), state: s.State, device: s.Interface, owners: len(s.Owners),
		owner: -int32(s.NoOwner), uid: s.UID, wide: scopeOf(s), closed: r.Mark == model.Closed,
	}
	if len(s.Owners) > 0 {
		k.owner = s.Owners[0].PID
	}
	return k
}

// fold returns the rows of the ports that match, with their connections.
func (b *builder) fold() []Row {
	var heads []Row
	matched := map[int]bool{}
	byKey := map[portKey]int{}
	for i := range b.ports {
		r := &b.ports[i]
		k := keyOf(r)
		at, twin := byKey[k]
		if twin = twin && (k.wide != scopeOther || heads[at].Socket.Local == r.Socket.Local); twin {
			heads[at].addTwin(r)
		} else {
			at = len(heads)
			heads = append(heads, Row{Row: *r})
			byKey[k] = at
		}
		matched[at] = matched[at] || b.matches(r)
		if j, ok := b.ids[r.Socket.ID]; ok {
			heads[at].take(&b.groups[j])
			matched[at] = matched[at] || b.groups[j].matched
		}
	}
	listed := heads[:0]
	for i := range heads {
		if matched[i] {
			heads[i].Place = placeOf(&heads[i])
			if s := heads[i].Socket; s.Protocol == sockets.TCP {
				heads[i].TimeWait = b.closed[s.Local.Port()]
			}
			listed = append(listed, heads[i])
		}
	}
	return listed
}

// addTwin adds another socket of the port. IPv4 comes first, whatever the table has.
func (r *Row) addTwin(twin *model.Row) {
	clients, queued := r.Row.Clients+twin.Clients, r.Queued+twin.Queued
	other := *twin
	if r.Socket.Local.Addr().Is6() && twin.Socket.Local.Addr().Is4() {
		r.Row, other = other, r.Row
	}
	r.Twins = append(r.Twins, other)
	if r.Debugger == "" {
		r.Debugger = other.Debugger
	}
	if r.Mark == model.Unmarked {
		r.Mark = other.Mark
	}
	r.Row.Clients, r.Queued = clients, queued
}

// placeOf returns where the sockets of a row listen together.
func placeOf(r *Row) Place {
	var four, six, dual bool
	note := func(s *sockets.Socket) {
		dual = dual || s.DualStack()
		four = four || !s.Local.Addr().Is6() || s.V4Mapped
		six = six || s.Local.Addr().Is6() && !s.V4Mapped
	}
	note(r.Socket)
	for i := range r.Twins {
		note(r.Twins[i].Socket)
	}
	switch scopeOf(r.Socket) {
	case scopeLoopback:
		if four && six {
			return Localhost
		}
	case scopeWildcard:
		switch {
		case dual || four && six:
			return Every
		case four:
			return Every4
		case r.Socket.V6Only == sockets.Yes:
			return Every6
		}
	}
	return OneAddress // also of a wildcard of which it is unknown whether it is for IPv4, too
}
