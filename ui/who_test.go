package ui

import (
	"testing"

	"lotop/model"
	"lotop/sockets"
)

// Of a connection that nobody saw both ends are gone, which is said once; what is
// known of one end is not kept back for that.
func TestWhoIsGone(t *testing.T) {
	unseen := func() *sockets.Socket { return &sockets.Socket{State: sockets.Close} }
	for want, server := range map[string]*sockets.Socket{
		"unknown|":                 unseen(),
		"PID 7|(exited) ← unknown": {State: sockets.Close, Owners: []sockets.Owner{{PID: 7}}},
	} {
		r := &model.Row{Socket: server, Peer: unseen(), Folded: true, Snapshot: &sockets.Snapshot{}}
		for name, who := range map[string]func(*model.Row) (string, string){"table": Who, "watch": EventWho} {
			if main, more := who(r); main+"|"+more != want {
				t.Errorf("%s: %q, want %q", name, main+"|"+more, want)
			}
		}
	}
}
