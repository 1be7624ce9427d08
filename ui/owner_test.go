package ui

import (
	"testing"

	"lotop/model"
	"lotop/model/bind"
	"lotop/sockets"
	"lotop/sockets/untrusted"
)

// Of a connection that nobody saw both ends are gone, which is said once; what is
// known of one end is not kept back for that.
func TestUnknownOwner(t *testing.T) {
	unseen := func() *sockets.Socket { return &sockets.Socket{State: sockets.Close} }
	for want, server := range map[string]*sockets.Socket{
		"unknown|":                 unseen(),
		"PID 7|(exited) ← unknown": {State: sockets.Close, Owners: []sockets.Owner{{PID: 7}}},
	} {
		r := &model.Row{Socket: server, Peer: unseen(), Folded: true, Snapshot: &sockets.Snapshot{}}
		for name, who := range map[string]func(*model.Row) (string, string){"table": Owner, "watch": EventOwner} {
			if main, more := who(r); main+"|"+more != want {
				t.Errorf("%s: %q, want %q", name, main+"|"+more, want)
			}
		}
	}
}

// A blocking socket whose process is not known is owned by a process all the
// same, never by a user.
func TestBlockerWithoutProcess(t *testing.T) {
	snap := &sockets.Snapshot{Users: map[uint32]untrusted.Text{0: untrusted.New("root")}}
	for reason, want := range map[sockets.NoOwnerReason][2]string{
		sockets.OtherUser:      {"a process owned by root", "an unknown process"},
		sockets.Unreadable:     {"a process owned by root", "an unknown process"},
		sockets.KernelOwned:    {"the kernel", "the kernel"},
		sockets.OtherNamespace: {"a process in another PID namespace", "a process in another PID namespace"},
	} {
		for i, hasUID := range []bool{true, false} {
			h := bind.Blocker{Row: model.Row{Socket: &sockets.Socket{State: sockets.Listen, NoOwner: reason, HasUID: hasUID}, Snapshot: snap}}
			if got := blockerName(&h); got != want[i] {
				t.Errorf("%v, user known %v: %q, want %q", reason, hasUID, got, want[i])
			}
		}
	}
}
