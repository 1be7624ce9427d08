package sockdiag

import (
	"testing"

	"lotop/sockets"
)

func TestDedup(t *testing.T) {
	s := func(id sockets.ID, state sockets.State) sockets.Socket { return sockets.Socket{ID: id, State: state} }
	rest := []sockets.Socket{s(1, sockets.Listen), s(4, sockets.Established), s(9, sockets.SynSent), s(8, sockets.TimeWait)}
	for _, tt := range []struct{ early, want []sockets.Socket }{
		{nil, nil},
		{[]sockets.Socket{s(3, sockets.Bound), s(2, sockets.Bound)}, []sockets.Socket{s(3, sockets.Bound), s(2, sockets.Bound)}},
		// One that began to listen, one that began to connect while it was read.
		{[]sockets.Socket{s(1, sockets.Bound), s(5, sockets.Bound), s(9, sockets.SynSent), s(4, sockets.Bound)}, []sockets.Socket{s(5, sockets.Bound)}},
		{[]sockets.Socket{s(8, sockets.Bound)}, nil},
	} {
		all := append(append([]sockets.Socket{}, tt.early...), rest...)
		if diff := diffSockets(append(tt.want, rest...), dedup(all, len(tt.early))); diff != "" {
			t.Error(diff)
		}
		if got := dedup(append([]sockets.Socket{}, tt.early...), len(tt.early)); len(got) != len(tt.early) {
			t.Errorf("%d of %d are left where there is nothing else", len(got), len(tt.early))
		}
	}
}
