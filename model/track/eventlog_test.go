package track

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lotop/model/modeltest"
	"lotop/model/query"
)

func TestEventLog(t *testing.T) {
	w := watch(t, "", pair3000)
	j := NewEventLog(3)
	seqs := func(q *query.Query, all bool) []uint64 {
		var s []uint64
		for e := range j.Newest(q.Match, all) {
			s = append(s, e.Seq)
		}
		return s
	}
	if got := seqs(nil, true); got != nil || j.Len() != 0 {
		t.Errorf("a new journal has %v", got)
	}
	j.Add(w.events...)
	if diff := cmp.Diff([]uint64{2, 1}, seqs(nil, true)); diff != "" {
		t.Errorf("half full:\n%s", diff)
	}
	for range 3 {
		j.Add(w.events...)
	}
	if diff := cmp.Diff([]uint64{8, 7, 6}, seqs(nil, true)); diff != "" || j.Len() != 3 {
		t.Errorf("after eight events, %d kept:\n%s", j.Len(), diff)
	}
	q, err := query.Parse("state:listen")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]uint64{7}, seqs(q, true)); diff != "" {
		t.Errorf("filtered:\n%s", diff)
	}
	w.Update(modeltest.Snapshot(t, 2, pair3000))
	j.Add(w.Update(modeltest.Snapshot(t, 3, pair3000+"\n9 tcp ESTABLISHED 192.168.1.5:45000 93.184.216.34:443 pid:20"))...)
	if diff := cmp.Diff([]uint64{8, 7}, seqs(nil, false)); diff != "" {
		t.Errorf("in scope:\n%s", diff)
	}
	if n := w.events[0].Seq; n != 0 {
		t.Errorf("the caller's event was numbered: %d", n)
	}
	NewEventLog(0).Add(w.events...) // must not divide by zero
}

// The numbers of events name them, so those of cleared ones do not come again.
func TestEventLogClear(t *testing.T) {
	j := NewEventLog(3)
	j.Add(make([]Event, 5)...)
	j.Clear()
	if j.Len() != 0 {
		t.Errorf("%d events are left", j.Len())
	}
	j.Add(make([]Event, 4)...)
	if all := slices.Collect(j.Newest(nil, true)); len(all) != 3 || all[0].Seq != 9 || all[2].Seq != 7 {
		t.Errorf("%+v", all)
	}
}
