package model

import (
	"slices"
	"strconv"
	"strings"

	"lotop/sockets"
	"lotop/sockets/process"
)

// parsePIDs reads pid:.
func parsePIDs(p *queryParser, key string, values []queryValue) (condition, error) {
	pids := make([]int32, 0, len(values))
	texts := make([]string, 0, len(values))
	for _, v := range values {
		n, err := strconv.ParseInt(v.text, 10, 32)
		if err != nil || n < 0 {
			return condition{}, p.fail(v.at, v.end, v.text+" is not a PID",
				"expected a number; use name: for process names")
		}
		pids = append(pids, int32(n))
		texts = append(texts, strconv.FormatInt(n, 10))
	}
	return condition{
		text: key + ":" + strings.Join(texts, ","),
		holds: func(_ *Row, s *sockets.Socket) bool {
			for i := range s.Owners {
				if slices.Contains(pids, s.Owners[i].PID) {
					return true
				}
			}
			return false
		},
	}, nil
}

// userWanted is a value of user:, a number that must be equal or a part of a
// name.
type userWanted struct {
	uid    uint32
	hasUID bool
	name   needle
}

func (u *userWanted) is(in *sockets.Snapshot, uid uint32) bool {
	if u.hasUID {
		return uid == u.uid
	}
	return u.name.in(in.Users[uid].String())
}

// parseUsers reads user:. It looks at the socket's user, which needs no owner
// in sight, and at those of its owners.
func parseUsers(_ *queryParser, key string, values []queryValue) (condition, error) {
	users := make([]userWanted, 0, len(values))
	texts := make([]string, 0, len(values))
	for _, v := range values {
		n, err := strconv.ParseUint(v.text, 10, 32)
		switch {
		case err == nil && !v.quoted:
			users = append(users, userWanted{uid: uint32(n), hasUID: true})
			texts = append(texts, strconv.FormatUint(n, 10))
		case err == nil:
			users = append(users, userWanted{name: newNeedle(v.text)})
			texts = append(texts, quoteText(v.text))
		default:
			users = append(users, userWanted{name: newNeedle(v.text)})
			texts = append(texts, quoteValue(v.text))
		}
	}
	return condition{
		text: key + ":" + strings.Join(texts, ","),
		cost: looksAtOwners,
		holds: func(r *Row, s *sockets.Socket) bool {
			for i := range users {
				if s.HasUID && users[i].is(r.In, s.UID) || ownedBy(r, s, &users[i]) {
					return true
				}
			}
			return false
		},
	}, nil
}

func ownedBy(r *Row, s *sockets.Socket, u *userWanted) bool {
	return anyOwner(r, s, func(p *process.Process) bool {
		if p.Account.Raw() != "" {
			return !u.hasUID && u.name.in(p.Account.String())
		}
		return u.is(r.In, p.UID)
	})
}

// anyOwner tells whether f holds for an owner of s.
func anyOwner(r *Row, s *sockets.Socket, f func(*process.Process) bool) bool {
	for i := range s.Owners {
		if i > 0 && s.Owners[i].PID == s.Owners[i-1].PID {
			continue
		}
		if p := r.In.Process(s.Owners[i].PID); p != nil && f(p) {
			return true
		}
	}
	return false
}

// textSearch looks for any of its needles in one of the owners' texts.
type textSearch struct {
	needles   []needle
	inProcess func(t *textSearch, p *process.Process) bool
	inCgroup  func(t *textSearch, c *process.Cgroup) bool // nil if the socket's own does not count
	processes processMemo
}

// parseOwnerText reads name:, cmd:, unit: and container:.
func parseOwnerText(_ *queryParser, key string, values []queryValue) (condition, error) {
	t := &textSearch{}
	texts := make([]string, 0, len(values))
	for _, v := range values {
		t.needles = append(t.needles, newNeedle(v.text))
		texts = append(texts, quoteValue(v.text))
	}
	switch key {
	case "name":
		t.inProcess = func(t *textSearch, p *process.Process) bool { return t.in(p.Name) }
	case "cmd":
		t.inProcess = func(t *textSearch, p *process.Process) bool { return t.in(p.Command) }
	case "unit":
		t.inCgroup = func(t *textSearch, c *process.Cgroup) bool { return t.in(c.Unit) }
	case "container":
		t.inCgroup = func(t *textSearch, c *process.Cgroup) bool {
			return t.in(c.Container) || t.in(process.NewText(c.Engine))
		}
	}
	if t.inCgroup != nil {
		t.inProcess = func(t *textSearch, p *process.Process) bool { return t.inCgroup(t, &p.Cgroup) }
	}
	return condition{text: key + ":" + strings.Join(texts, ","), cost: looksAtTexts, holds: t.holds}, nil
}

func (t *textSearch) in(text process.Text) bool {
	s := text.String()
	if s == "" {
		return false
	}
	for i := range t.needles {
		if t.needles[i].in(s) {
			return true
		}
	}
	return false
}

func (t *textSearch) holds(r *Row, s *sockets.Socket) bool {
	if t.inCgroup != nil && s.Cgroup != nil && t.inCgroup(t, s.Cgroup) {
		return true
	}
	for i := range s.Owners {
		if i > 0 && s.Owners[i].PID == s.Owners[i-1].PID {
			continue
		}
		p := r.In.Process(s.Owners[i].PID)
		if p == nil {
			continue
		}
		holds, known := t.processes.look(p)
		if !known {
			holds = t.inProcess(t, p)
			t.processes.keep(p, holds)
		}
		if holds {
			return true
		}
	}
	return false
}
