package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// patient is a grace period that only a test which fails waits out, brief one
// that each test of a survivor has to.
const (
	patient = time.Minute
	brief   = 50 * time.Millisecond
)

// ends lets End act on one process.
func ends(t *testing.T, r *Reader, p *Process, o EndOptions) Outcome {
	t.Helper()
	out := r.End(t.Context(), []*Process{p, p}, o)
	if len(out) != 1 || out[0].Process != p {
		t.Fatalf("%d outcomes: %+v", len(out), out)
	}
	return out[0]
}

func TestEndExits(t *testing.T) {
	r, h := NewReader(""), start(t, "wait")
	p := look(t, r, h.pid())
	o := ends(t, r, p, EndOptions{Grace: patient})
	if o.Result != Exited || o.Signal != syscall.SIGTERM || o.Err != nil || o.Reason != "" || o.After <= 0 || o.After >= patient {
		t.Errorf("%+v", o)
	}
	if o := ends(t, r, p, EndOptions{Grace: patient}); o.Result != Gone || o.Signal != 0 { // still a zombie
		t.Errorf("zombie: %+v", o)
	}
	h.collect()
	if o := ends(t, r, p, EndOptions{Grace: patient}); o.Result != Gone || o.Signal != 0 {
		t.Errorf("gone: %+v", o)
	}
}

func TestEndSurvives(t *testing.T) {
	for _, test := range []struct{ mode, reason string }{
		{"ignore", "it ignores SIGTERM: kill it"},
		{"catch", ""},
	} {
		r, h := NewReader(""), start(t, test.mode)
		p := look(t, r, h.pid())
		o := ends(t, r, p, EndOptions{Grace: brief})
		if o.Result != Survived || o.Signal != syscall.SIGTERM || o.Err != nil || o.Reason != test.reason || o.After != 0 {
			t.Errorf("%s: %+v", test.mode, o)
		}
		if same, err := r.Refresh(p); err != nil || same != p {
			t.Errorf("%s: End went further than it was asked: %v, %v", test.mode, same, err)
		}
		o = ends(t, r, p, EndOptions{Grace: patient, Signal: syscall.SIGKILL})
		if o.Result != Exited || o.Signal != syscall.SIGKILL {
			t.Errorf("%s: %+v", test.mode, o)
		}
	}
}

func TestEndStopped(t *testing.T) {
	r, h := NewReader(""), start(t, "wait")
	h.stop()
	p := look(t, r, h.pid())
	o := ends(t, r, p, EndOptions{Grace: brief})
	if o.Result != Survived || o.Reason != "it is suspended; resume it so it can exit: kill -CONT "+itoa(h.pid()) {
		t.Errorf("%+v", o)
	}
	if o = ends(t, r, p, EndOptions{Grace: patient, Signal: syscall.SIGKILL}); o.Result != Exited {
		t.Errorf("%+v", o)
	}
}

func TestEndTraced(t *testing.T) {
	r, h := NewReader(""), start(t, "ignore")
	runtime.LockOSThread() // the debugger is a thread
	defer runtime.UnlockOSThread()
	if err := unix.PtraceAttach(h.pid()); err != nil {
		t.Skipf("may not be a debugger here: %v", err)
	}
	h.changed()
	d, err := r.Details(h.pid())
	if err != nil || d.Tracer != os.Getpid() || d.State != 't' {
		t.Errorf("tracer %d, state %c, %v", d.Tracer, d.State, err)
	}
	o := ends(t, r, &d.Process, EndOptions{Grace: brief})
	if o.Result != Survived || !strings.Contains(o.Reason, fmt.Sprintf("(process %d) first", os.Getpid())) {
		t.Errorf("%+v", o)
	}
	if err := unix.PtraceDetach(h.pid()); err != nil {
		t.Error(err)
	}
}

func TestEndParentFirst(t *testing.T) {
	r, h := NewReader(""), start(t, "parent")
	parent, child := look(t, r, h.pid()), look(t, r, atoi(h.say))
	if order := r.Order([]*Process{child, parent, child}); len(order) != 2 || order[0] != parent || order[1] != child {
		t.Errorf("order %v", order)
	}
	out := r.End(t.Context(), []*Process{child, parent}, EndOptions{Grace: patient, Pause: time.Millisecond})
	if len(out) != 2 || out[0].Process != parent || out[1].Process != child {
		t.Fatalf("%+v", out)
	}
	for _, o := range out {
		if o.Result != Exited || o.Signal != syscall.SIGTERM {
			t.Errorf("%+v", o)
		}
	}
}

func TestEndTakesChildAlong(t *testing.T) {
	r, h := NewReader(""), start(t, "parent of a dependent")
	parent, child := look(t, r, h.pid()), look(t, r, atoi(h.say))
	out := r.End(t.Context(), []*Process{child, parent}, EndOptions{Grace: 2 * patient, Pause: patient})
	if out[0].Signal != syscall.SIGTERM || out[0].Result != Exited {
		t.Errorf("parent: %+v", out[0])
	}
	if out[1].Signal != 0 || out[1].Result != Exited || out[1].After <= 0 {
		t.Errorf("child: %+v", out[1])
	}
}

func TestEndStopsWithContext(t *testing.T) {
	r, h := NewReader(""), start(t, "parent")
	parent, child := look(t, r, h.pid()), look(t, r, atoi(h.say))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, o := range r.End(ctx, []*Process{parent, child}, EndOptions{}) {
		if o.Result != Survived || o.Signal != 0 || !errors.Is(o.Err, context.Canceled) {
			t.Errorf("%+v", o)
		}
	}

	ctx, cancel = context.WithCancel(t.Context())
	hold := open(t, r, parent)
	go func() { // the pause begins with the end of the parent
		_ = hold.Wait(t.Context())
		cancel()
	}()
	out := r.End(ctx, []*Process{parent, child}, EndOptions{Grace: 2 * patient, Pause: patient})
	if out[0].Result != Exited && out[0].Result != Survived || out[0].Signal != syscall.SIGTERM {
		t.Errorf("parent: %+v", out[0])
	}
	if o := out[1]; o.Result != Survived || o.Signal != 0 || !errors.Is(o.Err, context.Canceled) {
		t.Errorf("child: %+v", o)
	}
}

func TestEndOfNobody(t *testing.T) {
	if out := NewReader("").End(t.Context(), nil, EndOptions{}); len(out) != 0 {
		t.Errorf("%+v", out)
	}
}
