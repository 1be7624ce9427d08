package complete

import (
	"strconv"
	"strings"

	"lotop/model"
	"lotop/ui"
)

// collector returns the function that adds the values of a key in a row, or nil for keys
// whose values are not completed from rows.
func collector(key string) func(*List, *model.Row) {
	switch key {
	case "port", "lport":
		return func(l *List, r *model.Row) {
			if !r.Socket.Connected() {
				l.Add(strconv.Itoa(int(r.Socket.Local.Port())), OwnerLabel(r))
			}
		}
	case "rport":
		return func(l *List, r *model.Row) {
			if r.Socket.Connected() {
				l.Add(strconv.Itoa(int(r.Socket.Remote.Port())), "")
			}
		}
	case "addr":
		return func(l *List, r *model.Row) { l.Add(r.Socket.Local.Addr().String(), "") }
	case "user":
		return func(l *List, r *model.Row) { l.addOutside(ui.User(r, r.Socket)) }
	case "state":
		return func(l *List, r *model.Row) { l.addOccurring(strings.ToLower(r.Socket.State.String())) }
	case "pid", "name":
		return collectOwners(key)
	case "unit", "container":
		return collectUnits(key)
	}
	return nil
}

// OwnerLabel describes a row as an offer of its port does.
func OwnerLabel(r *model.Row) string {
	who, _ := ui.Owner(r)
	if p := r.Owner(r.Socket); p != nil {
		who = ui.NameAndPID(p)
	}
	return who + " on " + ui.Local(r.Snapshot, r.Socket)
}

func collectOwners(key string) func(*List, *model.Row) {
	return func(l *List, r *model.Row) {
		for _, p := range r.Owners(r.Socket) {
			if key == "pid" {
				l.Add(strconv.Itoa(p.PID), p.Name.String())
			} else {
				l.addOutside(p.Name.String())
			}
		}
	}
}

func collectUnits(key string) func(*List, *model.Row) {
	return func(l *List, r *model.Row) {
		g := ui.Cgroup(r, r.Socket)
		switch {
		case g == nil:
		case key == "unit":
			l.addOutside(g.Unit.String())
		default:
			l.addOutside(g.Container.String())
		}
	}
}
