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

// longGrace is a grace period that only a test which fails waits out, brief one
// that each test of a survivor has to.
const (
	longGrace  = time.Minute
	shortGrace = 50 * time.Millisecond
)

// stopOne lets End act on one process.
func stopOne(t *testing.T, r *Reader, p *Process, o StopOptions) Outcome {
	t.Helper()
	out := r.Stop(t.Context(), []*Process{p, p}, o)
	if len(out) != 1 || out[0].Process != p {
		t.Fatalf("%d outcomes: %+v", len(out), out)
	}
	return out[0]
}

func TestStopExits(t *testing.T) {
	r, h := NewReader(""), startHelper(t, "wait")
	p := mustRead(t, r, h.pid())
	o := stopOne(t, r, p, StopOptions{Grace: longGrace})
	if o.Result != Exited || o.Signal != syscall.SIGTERM || o.Err != nil || o.Reason != "" || o.After <= 0 || o.After >= longGrace {
		t.Errorf("%+v", o)
	}
	if o := stopOne(t, r, p, StopOptions{Grace: longGrace}); o.Result != Gone || o.Signal != 0 { // still a zombie
		t.Errorf("zombie: %+v", o)
	}
	h.collect()
	if o := stopOne(t, r, p, StopOptions{Grace: longGrace}); o.Result != Gone || o.Signal != 0 {
		t.Errorf("gone: %+v", o)
	}
}

func TestStopSurvives(t *testing.T) {
	for _, test := range []struct{ mode, reason string }{
		{"ignore", "it ignores SIGTERM: kill it"},
		{"catch", ""},
	} {
		r, h := NewReader(""), startHelper(t, test.mode)
		p := mustRead(t, r, h.pid())
		o := stopOne(t, r, p, StopOptions{Grace: shortGrace})
		if o.Result != Survived || o.Signal != syscall.SIGTERM || o.Err != nil || o.Reason != test.reason || o.After != 0 {
			t.Errorf("%s: %+v", test.mode, o)
		}
		if same, err := r.Refresh(p); err != nil || same != p {
			t.Errorf("%s: End went further than it was asked: %v, %v", test.mode, same, err)
		}
		o = stopOne(t, r, p, StopOptions{Grace: longGrace, Signal: syscall.SIGKILL})
		if o.Result != Exited || o.Signal != syscall.SIGKILL {
			t.Errorf("%s: %+v", test.mode, o)
		}
	}
}

func TestStopSuspended(t *testing.T) {
	r, h := NewReader(""), startHelper(t, "wait")
	h.suspend()
	p := mustRead(t, r, h.pid())
	o := stopOne(t, r, p, StopOptions{Grace: shortGrace})
	if o.Result != Survived || o.Reason != "it is suspended; resume it so it can exit: kill -CONT "+itoa(h.pid()) {
		t.Errorf("%+v", o)
	}
	if o = stopOne(t, r, p, StopOptions{Grace: longGrace, Signal: syscall.SIGKILL}); o.Result != Exited {
		t.Errorf("%+v", o)
	}
}

func TestStopTraced(t *testing.T) {
	r, h := NewReader(""), startHelper(t, "ignore")
	runtime.LockOSThread() // the debugger is a thread
	defer runtime.UnlockOSThread()
	if err := unix.PtraceAttach(h.pid()); err != nil {
		t.Skipf("may not be a debugger here: %v", err)
	}
	h.waitSuspended()
	d, err := r.Details(h.pid())
	if err != nil || d.Tracer != os.Getpid() || d.State != 't' {
		t.Errorf("tracer %d, state %c, %v", d.Tracer, d.State, err)
	}
	o := stopOne(t, r, &d.Process, StopOptions{Grace: shortGrace})
	if o.Result != Survived || !strings.Contains(o.Reason, fmt.Sprintf("(process %d) first", os.Getpid())) {
		t.Errorf("%+v", o)
	}
	if err := unix.PtraceDetach(h.pid()); err != nil {
		t.Error(err)
	}
}

func TestStopParentFirst(t *testing.T) {
	r, h := NewReader(""), startHelper(t, "parent")
	parent, child := mustRead(t, r, h.pid()), mustRead(t, r, atoi(h.ready))
	if order := r.ParentsFirst([]*Process{child, parent, child}); len(order) != 2 || order[0] != parent || order[1] != child {
		t.Errorf("order %v", order)
	}
	out := r.Stop(t.Context(), []*Process{child, parent}, StopOptions{Grace: longGrace, ParentGrace: time.Millisecond})
	if len(out) != 2 || out[0].Process != parent || out[1].Process != child {
		t.Fatalf("%+v", out)
	}
	for _, o := range out {
		if o.Result != Exited || o.Signal != syscall.SIGTERM {
			t.Errorf("%+v", o)
		}
	}
}

func TestStopParentStopsChild(t *testing.T) {
	r, h := NewReader(""), startHelper(t, "parent of a dependent")
	parent, child := mustRead(t, r, h.pid()), mustRead(t, r, atoi(h.ready))
	out := r.Stop(t.Context(), []*Process{child, parent}, StopOptions{Grace: 2 * longGrace, ParentGrace: longGrace})
	if out[0].Signal != syscall.SIGTERM || out[0].Result != Exited {
		t.Errorf("parent: %+v", out[0])
	}
	if out[1].Signal != 0 || out[1].Result != Exited || out[1].After <= 0 {
		t.Errorf("child: %+v", out[1])
	}
}

func TestStopCanceled(t *testing.T) {
	r, h := NewReader(""), startHelper(t, "parent")
	parent, child := mustRead(t, r, h.pid()), mustRead(t, r, atoi(h.ready))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, o := range r.Stop(ctx, []*Process{parent, child}, StopOptions{}) {
		if o.Result != Survived || o.Signal != 0 || !errors.Is(o.Err, context.Canceled) {
			t.Errorf("%+v", o)
		}
	}

	ctx, cancel = context.WithCancel(t.Context())
	hold := mustOpen(t, r, parent)
	go func() { // the pause begins with the end of the parent
		_ = hold.Wait(t.Context())
		cancel()
	}()
	out := r.Stop(ctx, []*Process{parent, child}, StopOptions{Grace: 2 * longGrace, ParentGrace: longGrace})
	if out[0].Result != Exited && out[0].Result != Survived || out[0].Signal != syscall.SIGTERM {
		t.Errorf("parent: %+v", out[0])
	}
	if o := out[1]; o.Result != Survived || o.Signal != 0 || !errors.Is(o.Err, context.Canceled) {
		t.Errorf("child: %+v", o)
	}
}

func TestStopNone(t *testing.T) {
	if out := NewReader("").Stop(t.Context(), nil, StopOptions{}); len(out) != 0 {
		t.Errorf("%+v", out)
	}
}
