package query

import (
	"strings"

	"lotop/model"
	"lotop/model/service"
	"lotop/sockets"
	"lotop/sockets/process"
)

// The words of the keys that accept words, each with what it matches.

func protocolKeywords() []keyword {
	one := func(p sockets.Protocol) keyword {
		return keyword{name: p.String(), match: func(_ *model.Row, s *sockets.Socket) bool { return s.Protocol == p }}
	}
	return []keyword{one(sockets.TCP), one(sockets.UDP)}
}

func stateKeywords() []keyword {
	var all []keyword
	for _, state := range sockets.States() {
		c := keyword{
			name:  strings.ToLower(state.String()),
			match: func(_ *model.Row, s *sockets.Socket) bool { return s.State == state },
		}
		switch state {
		case sockets.Established:
			c.aliases = []string{"estab"}
		case sockets.Listen:
			c.aliases = []string{"listening"}
		case sockets.SynRecv:
			c.aliases = []string{"synreceived"}
		}
		all = append(all, c)
	}
	return all
}

// familyKeywords counts a mapped address as IPv4, which it is on the wire, and a
// dual-stack wildcard as both, because it receives both.
func familyKeywords() []keyword {
	return []keyword{
		{name: "4", aliases: []string{"v4", "ipv4"}, match: func(_ *model.Row, s *sockets.Socket) bool {
			return !s.V6 || s.V4Mapped || s.DualStack()
		}},
		{name: "6", aliases: []string{"v6", "ipv6"}, match: func(_ *model.Row, s *sockets.Socket) bool {
			return s.V6 && !s.V4Mapped
		}},
	}
}

func reachKeywords() []keyword {
	one := func(reach model.Reach) keyword {
		return keyword{name: reach.String(), match: func(r *model.Row, _ *sockets.Socket) bool { return r.Reach == reach }}
	}
	return []keyword{one(model.ReachLoopback), one(model.ReachNetwork)}
}

// classKeywords matches the local port: it is the one that this machine has chosen. For a
// folded row that covers both ends.
func classKeywords() []keyword {
	one := func(class service.Class) keyword {
		return keyword{name: class.String(), match: func(_ *model.Row, s *sockets.Socket) bool {
			return service.ClassOf(s.Local.Port()) == class
		}}
	}
	return []keyword{
		one(service.WellKnown), one(service.Registered), one(service.Dynamic),
		{name: "ephemeral", match: func(r *model.Row, s *sockets.Socket) bool {
			return r.Snapshot.Ephemeral.Contains(s.Local.Port())
		}},
	}
}

func flagKeywords() []keyword {
	marked := func(word string, m model.Mark) keyword {
		return keyword{name: word, match: func(r *model.Row, _ *sockets.Socket) bool { return r.Mark == m }}
	}
	return []keyword{
		{name: "debugger", match: func(r *model.Row, _ *sockets.Socket) bool { return r.Debugger != "" }},
		{name: "exposed", match: func(r *model.Row, _ *sockets.Socket) bool { return r.Exposed() }},
		{name: "orphan", cost: costOwner, match: isOrphan},
		marked("new", model.New), marked("changed", model.Changed), marked("closed", model.Closed),
	}
}

// isOrphan reports whether a socket is orphaned, closed by its process and in a closing
// state of the kernel, or owned by an orphaned process; see process.Process.IsOrphan.
func isOrphan(r *model.Row, s *sockets.Socket) bool {
	if len(s.Owners) == 0 {
		return s.NoOwner == sockets.Orphaned
	}
	return anyOwner(r, s, (*process.Process).IsOrphan)
}
