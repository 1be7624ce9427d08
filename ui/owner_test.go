package ui

import (
	"testing"
	"time"

	"lotop/model"
	"lotop/model/bind"
	"lotop/sockets"
	"lotop/sockets/process"
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

// PROCESS has processes only: a TIME_WAIT has none, and the user of a process that
// may not be looked up is called a user.
func TestOwnerOfNoProcess(t *testing.T) {
	unit := process.ParseCgroup("/system.slice/nginx.service")
	snap := &sockets.Snapshot{Users: map[uint32]untrusted.Text{0: untrusted.New("root"), 65534: untrusted.New("nobody"), 7: untrusted.New("7")}}
	for _, c := range []struct {
		socket sockets.Socket
		want   string
	}{
		{sockets.Socket{NoOwner: sockets.InTimeWait, Timer: sockets.TimeWaitTimer, TimerLeft: 15_400 * time.Millisecond}, Dash},
		{sockets.Socket{NoOwner: sockets.InTimeWait}, Dash},
		{sockets.Socket{NoOwner: sockets.OtherUser, HasUID: true}, "user root"},
		{sockets.Socket{NoOwner: sockets.OtherUser, HasUID: true, UID: 65534}, "user nobody"},
		{sockets.Socket{NoOwner: sockets.OtherUser, HasUID: true, UID: 7}, "UID 7"},
		{sockets.Socket{NoOwner: sockets.OtherUser, HasUID: true, Cgroup: &unit}, "user root nginx.service"},
		{sockets.Socket{NoOwner: sockets.OtherUser, Cgroup: &unit}, "nginx.service"},
		{sockets.Socket{NoOwner: sockets.Unreadable, HasUID: true}, "user root (hidden)"},
	} {
		if main, more := Owner(&model.Row{Socket: &c.socket, Snapshot: snap}); main != c.want || more != "" {
			t.Errorf("%v of user %d: %q %q, want %q", c.socket.NoOwner, c.socket.UID, main, more, c.want)
		}
	}
}

// The time that is left belongs to the state.
func TestStateWithTimeLeft(t *testing.T) {
	for want, s := range map[string]sockets.Socket{
		"TIME_WAIT 16s": {State: sockets.TimeWait, Timer: sockets.TimeWaitTimer, TimerLeft: 15_400 * time.Millisecond},
		"TIME_WAIT":     {State: sockets.TimeWait}, // of a system that does not tell
		"ESTABLISHED":   {State: sockets.Established},
	} {
		if got := State(&s); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// A debug server names what it debugs, though that holds no socket, and the
// debuggee goes by its package.
func TestDebuggee(t *testing.T) {
	dlv := &process.Process{PID: 5120, Name: untrusted.New("dlv"), Args: []string{"dlv", "dap", "--listen=:2345"}, Tracee: 5133}
	binary := &process.Process{PID: 5133, Name: untrusted.New("__debug_bin1346"), Args: []string{"/home/ada/shop/__debug_bin1346812"}}
	snap := &sockets.Snapshot{Processes: map[int32]*process.Process{5120: dlv, 5133: binary}}
	server := &sockets.Socket{State: sockets.Listen, Owners: []sockets.Owner{{PID: 5120}}}
	if main, more := EventOwner(&model.Row{Socket: server, Snapshot: snap, Debugger: "delve"}); main+" "+more != "dlv (5120) debugging shop (5133)" {
		t.Errorf("the debug server: %q %q", main, more)
	}
	own := &sockets.Socket{State: sockets.Listen, Owners: []sockets.Owner{{PID: 5133}}}
	if main, _ := EventOwner(&model.Row{Socket: own, Snapshot: snap}); main != "shop (5133)" {
		t.Errorf("the debuggee: %q", main)
	}
}
