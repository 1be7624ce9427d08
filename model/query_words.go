package model

import (
	"strings"

	"lotop/sockets"
)

// The words of the keys that take words. What a word means stands beside it.

func protocolChoices() []queryChoice {
	one := func(p sockets.Protocol) queryChoice {
		return queryChoice{word: p.String(), holds: func(_ *Row, s *sockets.Socket) bool { return s.Protocol == p }}
	}
	return []queryChoice{one(sockets.TCP), one(sockets.UDP)}
}

func stateChoices() []queryChoice {
	var all []queryChoice
	for _, state := range sockets.States() {
		c := queryChoice{
			word:  strings.ToLower(state.String()),
			holds: func(_ *Row, s *sockets.Socket) bool { return s.State == state },
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

// familyChoices count a mapped address as IPv4, which it is on the wire, and a
// dual-stack wildcard as both, because it answers both.
func familyChoices() []queryChoice {
	return []queryChoice{
		{word: "4", aliases: []string{"v4", "ipv4"}, holds: func(_ *Row, s *sockets.Socket) bool {
			return !s.V6 || s.Mapped || s.DualStack()
		}},
		{word: "6", aliases: []string{"v6", "ipv6"}, holds: func(_ *Row, s *sockets.Socket) bool {
			return s.V6 && !s.Mapped
		}},
	}
}

func reachChoices() []queryChoice {
	one := func(reach Reach) queryChoice {
		return queryChoice{word: reach.String(), holds: func(r *Row, _ *sockets.Socket) bool { return r.Reach == reach }}
	}
	return []queryChoice{one(ReachLoopback), one(ReachNetwork)}
}

// classChoices look at the local port: it is the one that this machine has
// chosen. For a folded row that covers both ends.
func classChoices() []queryChoice {
	one := func(class PortClass) queryChoice {
		return queryChoice{word: class.String(), holds: func(_ *Row, s *sockets.Socket) bool {
			return ClassOf(s.Local.Port()) == class
		}}
	}
	return []queryChoice{
		one(WellKnown), one(Registered), one(Dynamic),
		{word: "ephemeral", holds: func(r *Row, s *sockets.Socket) bool {
			return r.In.Ephemeral.Contains(s.Local.Port())
		}},
	}
}

func isChoices() []queryChoice {
	marked := func(word string, m Mark) queryChoice {
		return queryChoice{word: word, holds: func(r *Row, _ *sockets.Socket) bool { return r.Mark == m }}
	}
	return []queryChoice{
		{word: "debugger", holds: func(r *Row, _ *sockets.Socket) bool { return r.Debugger != "" }},
		{word: "exposed", holds: func(r *Row, _ *sockets.Socket) bool { return r.Exposed() }},
		{word: "orphan", cost: looksAtOwners, holds: isOrphan},
		marked("new", New), marked("changed", Changed), marked("closed", Closed),
	}
}

// isOrphan holds for a socket that its process has closed and the kernel still
// ends, and for one whose owner has lost its parent: init has adopted it, and
// it is neither a systemd service nor in a container, where process 1 starts
// programs by itself. On a machine without systemd every daemon has lost its
// parent in this sense.
func isOrphan(r *Row, s *sockets.Socket) bool {
	if len(s.Owners) == 0 {
		return s.NoOwner == sockets.Orphaned
	}
	for i := range s.Owners {
		p := r.In.Process(s.Owners[i].PID)
		if p != nil && p.Parent == 1 && p.Cgroup.Engine == "" &&
			!strings.HasSuffix(p.Cgroup.Unit.String(), ".service") {
			return true
		}
	}
	return false
}
