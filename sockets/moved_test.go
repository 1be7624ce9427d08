package sockets

import "testing"

func TestDedup(t *testing.T) {
	s := func(id ID, state State) Socket { return Socket{ID: id, State: state} }
	rest := []Socket{s(1, Listen), s(4, Established), s(9, SynSent), s(8, TimeWait)}
	for _, tt := range []struct{ early, want []Socket }{
		{nil, nil},
		{[]Socket{s(3, Bound), s(2, Bound)}, []Socket{s(3, Bound), s(2, Bound)}},
		// One that began to listen, one that began to connect while it was read.
		{[]Socket{s(1, Bound), s(5, Bound), s(9, SynSent), s(4, Bound)}, []Socket{s(5, Bound)}},
		{[]Socket{s(8, Bound)}, nil},
	} {
		all := append(append([]Socket{}, tt.early...), rest...)
		if diff := diffSockets(append(tt.want, rest...), dedup(all, len(tt.early))); diff != "" {
			t.Error(diff)
		}
		if got := dedup(append([]Socket{}, tt.early...), len(tt.early)); len(got) != len(tt.early) {
			t.Errorf("%d of %d are left where there is nothing else", len(got), len(tt.early))
		}
	}
}
