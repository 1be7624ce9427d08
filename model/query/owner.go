package query

import (
	"slices"
	"strconv"
	"strings"

	"lotop/model"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// parsePIDs parses pid:.
func parsePIDs(p *parser, key string, values []rawValue) (term, error) {
	pids := make([]int32, 0, len(values))
	texts := make([]string, 0, len(values))
	for _, v := range values {
		n, err := strconv.ParseInt(v.text, 10, 32)
		if err != nil || n < 0 {
			return term{}, p.fail(v.at, v.end, v.text+" is not a PID",
				"expected a number; use name: for process names")
		}
		pids = append(pids, int32(n))
		texts = append(texts, strconv.FormatInt(n, 10))
	}
	return term{
		text: key + ":" + strings.Join(texts, ","),
		match: func(_ *model.Row, s *sockets.Socket) bool {
			for i := range s.Owners {
				if slices.Contains(pids, s.Owners[i].PID) {
					return true
				}
			}
			return false
		},
	}, nil
}

// userMatcher is a value of user:, a UID or part of a name.
type userMatcher struct {
	uid    uint32
	hasUID bool
	name   needle
}

func (u *userMatcher) matches(in *sockets.Snapshot, uid uint32) bool {
	if u.hasUID {
		return uid == u.uid
	}
	return u.name.matches(in.Users[uid].String())
}

// parseUsers parses user:. It matches the socket's user, which is known also without
// an owner, and those of its owners.
func parseUsers(_ *parser, key string, values []rawValue) (term, error) {
	users := make([]userMatcher, 0, len(values))
	texts := make([]string, 0, len(values))
	for _, v := range values {
		n, err := strconv.ParseUint(v.text, 10, 32)
		switch {
		case err == nil && !v.quoted:
			users = append(users, userMatcher{uid: uint32(n), hasUID: true})
			texts = append(texts, strconv.FormatUint(n, 10))
		case err == nil:
			users = append(users, userMatcher{name: newNeedle(v.text)})
			texts = append(texts, quoteText(v.text))
		default:
			users = append(users, userMatcher{name: newNeedle(v.text)})
			texts = append(texts, quoteValue(v.text))
		}
	}
	return term{
		text: key + ":" + strings.Join(texts, ","),
		cost: costOwner,
		match: func(r *model.Row, s *sockets.Socket) bool {
			for i := range users {
				if s.HasUID && users[i].matches(r.Snapshot, s.UID) || ownerMatches(r, s, &users[i]) {
					return true
				}
			}
			return false
		},
	}, nil
}

func ownerMatches(r *model.Row, s *sockets.Socket, u *userMatcher) bool {
	return anyOwner(r, s, func(p *process.Process) bool {
		if p.Account.Raw() != "" {
			return !u.hasUID && u.name.matches(p.Account.String())
		}
		return u.matches(r.Snapshot, p.UID)
	})
}

// anyOwner reports whether f is true for an owner of s.
func anyOwner(r *model.Row, s *sockets.Socket, f func(*process.Process) bool) bool {
	for i := range s.Owners {
		if i > 0 && s.Owners[i].PID == s.Owners[i-1].PID {
			continue
		}
		if p := r.Snapshot.Process(s.Owners[i].PID); p != nil && f(p) {
			return true
		}
	}
	return false
}

// ownerTextTerm searches one of the owners' texts for any of its needles.
type ownerTextTerm struct {
	needles      []needle
	matchProcess func(p *process.Process) bool
	matchCgroup  func(c *process.Cgroup) bool // nil if the socket's own cgroup does not count
	cache        matchCache
}

// parseOwnerText parses name:, cmd:, unit: and container:.
func parseOwnerText(_ *parser, key string, values []rawValue) (term, error) {
	t := &ownerTextTerm{}
	texts := make([]string, 0, len(values))
	for _, v := range values {
		t.needles = append(t.needles, newNeedle(v.text))
		texts = append(texts, quoteValue(v.text))
	}
	switch key {
	case "name":
		t.matchProcess = func(p *process.Process) bool { return t.matches(p.Name) }
	case "cmd":
		t.matchProcess = func(p *process.Process) bool { return t.matches(p.Command) }
	case "unit":
		t.matchCgroup = func(c *process.Cgroup) bool { return t.matches(c.Unit) }
	case "container":
		t.matchCgroup = func(c *process.Cgroup) bool {
			return t.matches(c.Container) || t.matches(untrusted.New(c.Engine))
		}
	}
	if t.matchCgroup != nil {
		t.matchProcess = func(p *process.Process) bool { return t.matchCgroup(&p.Cgroup) }
	}
	return term{text: key + ":" + strings.Join(texts, ","), cost: costText, match: t.match}, nil
}

func (t *ownerTextTerm) matches(text untrusted.Text) bool {
	s := text.String()
	if s == "" {
		return false
	}
	for i := range t.needles {
		if t.needles[i].matches(s) {
			return true
		}
	}
	return false
}

func (t *ownerTextTerm) match(r *model.Row, s *sockets.Socket) bool {
	if t.matchCgroup != nil && s.Cgroup != nil && t.matchCgroup(s.Cgroup) {
		return true
	}
	return anyOwner(r, s, func(p *process.Process) bool { return t.cache.matches(p, t.matchProcess) })
}
