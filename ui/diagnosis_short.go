package ui

import (
	"slices"
	"strconv"
	"strings"

	"lotop/model/bind"
	"lotop/ui/style"
)

// PortAnswer says in a few words whether a server can have the port of a diagnosis, the
// answer first.
func PortAnswer(d *bind.Diagnosis) style.Line {
	switch d.Verdict {
	case bind.VerdictFree:
		return style.Styled(style.Success, "yes").Add(style.Plain, ": every bind succeeds")
	case bind.VerdictReuse:
		return style.Styled(style.Success, "yes").Add(style.Plain, ", with SO_REUSEADDR (most servers set it)")
	case bind.VerdictNotPermitted:
		for _, a := range d.Binds {
			if a.Plain != bind.BindOK && a.Plain != bind.BindInUse {
				return style.Styled(style.Danger, "no").Add(style.Plain, ": "+bindResultText(a.Plain))
			}
		}
		return style.Styled(style.Danger, "no").Add(style.Plain, ": not permitted")
	}
	used, free := splitBinds(d)
	l := style.Styled(style.Danger, "no")
	if len(free) == 0 {
		return l.Add(style.Plain, ": in use on every address")
	}
	return l.Add(style.Plain, ": in use on "+strings.Join(used, ", ")+"; free on "+strings.Join(free, ", "))
}

// splitBinds returns the addresses at which a server can start and those at which it
// cannot.
func splitBinds(d *bind.Diagnosis) (used, free []string) {
	for _, a := range d.Binds {
		label, _, _ := strings.Cut(bind.HostLabel(a.Host), " ")
		if a.Plain == bind.BindOK || a.Reuse == bind.BindOK && !d.PlainOnly {
			free = append(free, label)
		} else {
			used = append(used, label)
		}
	}
	return used, free
}

// FreeEffect says what freeing the port of a diagnosis does, in a few words: which
// processes it stops, and which other ports they close. It is empty if a signal to
// owners of the port is not what frees it.
func FreeEffect(d *bind.Diagnosis, others []int) string {
	var pids []string
	for i := range d.Blockers {
		for _, r := range d.Blockers[i].Remedies {
			switch r.Action {
			case bind.Terminate:
			case bind.StopUnit, bind.StopContainer, bind.StopJob, bind.ChangeSetting:
				return ""
			default:
				continue
			}
			b := &d.Blockers[i]
			for _, p := range b.Row.Owners(b.Row.Socket) {
				if pid := strconv.Itoa(p.PID); !b.Row.Socket.Connected() && !slices.Contains(pids, pid) {
					pids = append(pids, pid)
				}
			}
		}
	}
	switch {
	case len(pids) == 0:
		return ""
	case len(pids) > 3:
		pids = []string{strconv.Itoa(len(pids)) + " processes"}
	}
	effect := "stops " + strings.Join(pids, ", ")
	if len(others) > 0 {
		effect += ", closes " + ports(others) + " too"
	}
	return effect
}

// ports lists ports, or counts them if there are many.
func ports(all []int) string {
	if len(all) > 2 {
		return Count(len(all), "other port")
	}
	var words []string
	for _, p := range all {
		words = append(words, Number(p))
	}
	return strings.Join(words, ", ")
}
