package process

import (
	"fmt"
	"testing"

	"lotop/sockets/untrusted"
)

// TestOrphaned holds that a parent with PID 1 alone is no evidence: every daemon
// has it where PID 1 is not systemd, as in a container, in WSL and on Alpine.
func TestOrphaned(t *testing.T) {
	f := fakeProc{t, t.TempDir()}
	add := func(pid, parent, group, session int) {
		f.process(pid, parent, 100)
		f.write(pid, "stat", fmt.Sprintf("%d (x) S %d %d %d 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 100 0 0\n", pid, parent, group, session))
	}
	add(1, 0, 1, 1)
	add(50, 1, 50, 50) // a shell, and the service manager of a user
	add(60, 1, 60, 60)
	for _, test := range []struct {
		what                        string
		pid, parent, group, session int
		want                        bool
	}{
		{"a daemon that leads its session", 100, 1, 100, 100, false},
		{"a daemon that forked twice", 101, 1, 90, 90, false},
		{"a job of a shell", 102, 50, 102, 50, false},
		{"a child in the group of its parent", 103, 102, 102, 50, false},
		{"a job that outlived its shell", 104, 1, 104, 80, false},
		{"the second of a pipe whose first has exited", 105, 50, 91, 50, false},
		{"the child of PID 1 in its own session", 106, 1, 92, 1, false},
		{"a child whose server has exited", 107, 1, 93, 50, true},
		{"the same, adopted by another than PID 1", 108, 60, 94, 50, true},
		{"a group that is not visible", 109, 1, 0, 0, false},
		{"what is exiting", 110, 1, -1, -1, false},
	} {
		add(test.pid, test.parent, test.group, test.session)
		p := mustRead(t, NewReader(f.root), test.pid)
		if p.Orphaned != test.want || p.IsOrphan() != test.want {
			t.Errorf("%s: %v, want %v", test.what, p.Orphaned, test.want)
		}
	}
	for _, group := range []Cgroup{{Unit: untrusted.New("nginx.service")}, {Container: untrusted.New("db")}, {Engine: "docker"}} {
		if p := (Process{Orphaned: true, Cgroup: group}); p.IsOrphan() {
			t.Errorf("an orphan in %+v", group)
		}
	}
}

// TestRefreshOrphaned lets the leader of a group exit: nothing else of its child
// changes where that was adopted before.
func TestRefreshOrphaned(t *testing.T) {
	f := fakeProc{t, t.TempDir()}
	f.process(1, 0, 1)
	f.write(1, "stat", "1 (init) S 0 1 1 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 1 0 0\n")
	f.process(7, 1, 100) // statLine has group 4411 in session 4400
	f.process(4411, 1, 100)
	r := NewReader(f.root)
	before := mustRead(t, r, 7)
	if before.Orphaned {
		t.Fatal("orphaned although the leader is there")
	}
	f.remove(4411)
	if after, err := r.Refresh(before); err != nil || !after.Orphaned {
		t.Errorf("%+v, %v", after, err)
	}
}
