package process

import "testing"

func TestServicesByPID(t *testing.T) {
	got := servicesByPID([]serviceState{
		{"RpcSs", 900, false},
		{"Spooler", 1200, true},
		{"RpcEptMapper", 900, true},
		{"Dnscache", 1500, false},
		{"ended", 0, true},
	})
	want := map[int]struct {
		unit string
		kind Service
	}{900: {"RpcEptMapper, RpcSs", Shared}, 1200: {"Spooler", Stoppable}, 1500: {"Dnscache", Unstoppable}}
	if len(got) != len(want) {
		t.Errorf("%+v", got)
	}
	for pid, w := range want {
		if g := got[pid]; g.Unit.String() != w.unit || g.Service != w.kind {
			t.Errorf("%d: %+v", pid, g)
		}
	}
}
