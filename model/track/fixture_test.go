package track

import (
	"fmt"
	"strings"
	"testing"

	"lotop/model"
	"lotop/model/modeltest"
)

// sketch writes a row as "+ 1 tcp LISTEN LOCAL clients=1/0" or, for a
// connection, "  2=3 tcp ESTABLISHED LOCAL < REMOTE via 1", where 3 is the peer
// that the row stands for too, > and < say who connected, and ? that it is a
// guess.
func sketch(r *model.Row) string {
	s := r.Socket
	var b strings.Builder
	b.WriteString([]string{model.Unmarked: " ", model.New: "+", model.Changed: "~", model.Closed: "-"}[r.Mark])
	fmt.Fprintf(&b, " %d", s.ID)
	if r.Peer != nil {
		b.WriteString(map[bool]string{true: "=", false: "|"}[r.Folded])
		fmt.Fprint(&b, uint64(r.Peer.ID))
	}
	fmt.Fprintf(&b, " %v %v %v", s.Protocol, s.State, s.Local)
	if s.Connected() {
		b.WriteString(map[bool]string{true: " <", false: " >"}[r.Inbound])
		if r.RoleUnknown {
			b.WriteByte('?')
		}
		fmt.Fprintf(&b, " %v", s.Remote)
	}
	if r.Listener != nil {
		fmt.Fprintf(&b, " via %d", r.Listener.ID)
	}
	if r.Clients != 0 || r.Queued != 0 {
		fmt.Fprintf(&b, " clients=%d/%d", r.Clients, r.Queued)
	}
	return b.String()
}

func sketches(rows []model.Row) []string {
	var all []string
	for i := range rows {
		all = append(all, sketch(&rows[i]))
	}
	return all
}

// sketchEvents writes events as the kind and the sketch of the row, with the
// state before of changed ones, and how long closed ones have lived.
func sketchEvents(events []Event) []string {
	var all []string
	for i := range events {
		e := &events[i]
		s := e.Kind.String() + " " + strings.TrimLeft(sketch(&e.Row), " +~-")
		if e.OldState != 0 {
			s += " from " + e.OldState.String()
		}
		if e.Lifetime != 0 {
			s += " lived " + e.Lifetime.String()
		}
		if e.ShortLived {
			s += " unseen"
		}
		all = append(all, s)
	}
	return all
}

// trackerFixture is a Monitor with the events of its last snapshot.
type trackerFixture struct {
	*Tracker
	events []Event
}

// watch advances a new Monitor by literal snapshots, a second apart.
func watch(t testing.TB, snaps ...string) *trackerFixture {
	t.Helper()
	w := &trackerFixture{Tracker: New()}
	for i, s := range snaps {
		w.events = w.Update(modeltest.Snapshot(t, float64(i), s))
	}
	return w
}

func (w *trackerFixture) rows(shape ListOptions) []string {
	rows, _ := w.Rows(nil, shape)
	return sketches(rows)
}

// trimmed drops what marks and indentation add to sketches.
func trimmed(all []string) []string {
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return all
}
