package process

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"lotop/sockets/untrusted"
)

func TestHandle(t *testing.T) {
	r, helper := NewReader(""), startHelper(t, "wait")
	p := mustRead(t, r, helper.pid())
	h := mustOpen(t, r, p)
	if h.Process() != p {
		t.Error("another process")
	}
	if err := h.Terminate(); err != nil {
		t.Fatal(err)
	}
	if err := h.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := h.Kill(); err != nil {
		t.Errorf("signal to a zombie: %v", err)
	}
	helper.collect()
	if err := h.Kill(); !errors.Is(err, ErrGone) {
		t.Errorf("signal after the end: %v", err)
	}
	if err := h.Wait(t.Context()); err != nil {
		t.Errorf("wait after the end: %v", err)
	}
	if _, err := r.Open(p); !errors.Is(err, ErrGone) {
		t.Errorf("open after the end: %v", err)
	}
}

func TestWaitEndsWithContext(t *testing.T) {
	r, helper := NewReader(""), startHelper(t, "wait")
	p := mustRead(t, r, helper.pid())
	before := openFiles(t)
	exact, err := r.Open(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range []*Handle{exact, {process: p, reader: r, fd: -1}} {
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if err := h.Wait(ctx); !errors.Is(err, context.Canceled) {
					t.Errorf("wait: %v", err)
				}
			})
		}
		cancel()
		all.Wait()
		if err := h.Wait(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("wait with a canceled context: %v", err)
		}
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	}
	if after := openFiles(t); after != before {
		t.Errorf("%d files open, before it were %d", after, before)
	}
}

func TestHandleWithoutPidfd(t *testing.T) {
	r, helper := NewReader(""), startHelper(t, "wait")
	p := mustRead(t, r, helper.pid())
	wrong := *p
	wrong.Start++
	if err := (&Handle{process: &wrong, reader: r, fd: -1}).Kill(); !errors.Is(err, ErrGone) {
		t.Errorf("signal with another start: %v", err)
	}
	h := &Handle{process: p, reader: r, fd: -1}
	if h.ReuseSafe() {
		t.Error("safe against reuse without a pidfd")
	}
	if h.exited() {
		t.Fatal("it was hit by the wrong signal")
	}
	if err := h.Terminate(); err != nil {
		t.Fatal(err)
	}
	if err := h.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	helper.collect()
	if err := h.Terminate(); !errors.Is(err, ErrGone) {
		t.Errorf("signal after the end: %v", err)
	}
	if err := h.Wait(t.Context()); err != nil {
		t.Errorf("wait after the end: %v", err)
	}
}

func TestOpenRefusesAnotherStart(t *testing.T) {
	r, helper := NewReader(""), startHelper(t, "wait")
	p := mustRead(t, r, helper.pid())
	wrong := *p
	wrong.Start--
	if _, err := r.Open(&wrong); !errors.Is(err, ErrGone) {
		t.Errorf("open: %v", err)
	}
	out := r.Stop(t.Context(), []*Process{&wrong}, StopOptions{})
	if len(out) != 1 || out[0].Result != Gone || out[0].Signal != 0 {
		t.Errorf("%+v", out)
	}
	if same, err := r.Refresh(p); err != nil || same != p {
		t.Errorf("the helper was hit: %v, %v", same, err)
	}
	for _, pid := range []int{0, -1, -helper.pid()} {
		if _, err := r.Open(&Process{PID: pid}); !errors.Is(err, ErrGone) {
			t.Errorf("open %d: %v", pid, err)
		}
	}
}

func TestOpenRefusesForeignNamespace(t *testing.T) {
	f := fakeProc{t, t.TempDir()}
	f.process(os.Getpid(), 1, 100)
	if err := os.Symlink(itoa(os.Getpid()+1), f.root+"/self"); err != nil {
		t.Fatal(err)
	}
	_, err := NewReader(f.root).Open(&Process{PID: os.Getpid(), Start: 100})
	if err == nil || !strings.Contains(err.Error(), "another PID namespace") {
		t.Errorf("open: %v", err)
	}
}

func TestDenied(t *testing.T) {
	requireRoot(t)
	target := startHelper(t, "wait")
	h := startHelper(t, "terminate", asUserNobody, func(cmd *exec.Cmd) { cmd.Args = []string{"x", itoa(target.pid())} })
	want := "true denied not permitted: process " + itoa(target.pid()) + " (exe) belongs to root: run lotop with sudo"
	if h.ready != want {
		t.Errorf("got  %s\nwant %s", h.ready, want)
	}
}

func TestDeniedInit(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may signal init")
	}
	r := NewReader("")
	p, err := r.Read(1)
	if err != nil || p.UID == uint32(os.Geteuid()) {
		t.Skipf("no init of another user to be seen: %v", err)
	}
	if err := mustOpen(t, r, p).Signal(0); !errors.Is(err, ErrDenied) {
		t.Errorf("signal 0 to init: %v", err)
	}
}

func TestDeniedMessage(t *testing.T) {
	r := NewReader("")
	self := uint32(os.Geteuid())
	for _, uid := range []uint32{self, 0, 4242} {
		err := (&Handle{process: &Process{PID: 7, UID: uid, Name: untrusted.New("a\nb")}, reader: r}).denied()
		if !errors.Is(err, ErrDenied) || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), ": run lotop ") {
			t.Errorf("uid %d: %q", uid, err)
		}
	}
}

// What is advised depends on what this process lacks: sudo is no help in a sandbox,
// nor to whoever may signal everything here.
func TestDeniedAdvice(t *testing.T) {
	for _, tt := range []struct{ status, want string }{
		{"CapEff:\t0000000000000000\nCapBnd:\t000001ffffffffff\nNoNewPrivs:\t1\n", ": run lotop outside this sandbox"},
		{"CapEff:\t0000000000000000\nCapBnd:\t0000000000000000\nNoNewPrivs:\t0\n", ": run lotop outside this sandbox"},
		{"", " here: run lotop on the host"},
	} {
		f := fakeProc{t, t.TempDir()}
		f.write(os.Getpid(), "status", tt.status)
		if err := os.Symlink(itoa(os.Getpid()), f.root+"/self"); err != nil {
			t.Fatal(err)
		}
		h := Handle{process: &Process{PID: 7, UID: 4242}, reader: NewReader(f.root)}
		if err := h.denied(); !errors.Is(err, ErrDenied) || !strings.HasSuffix(err.Error(), tt.want) {
			t.Errorf("%q: %v", tt.status, err)
		}
	}
}

func TestProtected(t *testing.T) {
	r := NewReader("")
	for _, pid := range []int{-1, 0, 1, os.Getpid(), os.Getppid()} {
		reason, ok := r.Protected(&Process{PID: pid, Name: untrusted.New("shell")})
		if !ok || reason == "" {
			t.Errorf("%d is not protected", pid)
		}
	}
	line, err := r.Ancestors(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range line {
		if _, ok := r.Protected(p); !ok {
			t.Errorf("ancestor %d is not protected", p.PID)
		}
	}
	if reason, ok := r.Protected(mustRead(t, r, startHelper(t, "wait").pid())); ok {
		t.Errorf("a child is protected: %s", reason)
	}
	out := r.Stop(t.Context(), []*Process{mustRead(t, r, os.Getpid())}, StopOptions{Signal: syscall.SIGCONT, Grace: time.Minute})
	if len(out) != 1 || out[0].Result != Denied || !errors.Is(out[0].Err, ErrProtected) || out[0].Reason == "" {
		t.Errorf("%+v", out)
	}
}

func TestProtectedKernelThread(t *testing.T) {
	r := NewReader("")
	p, err := r.Read(2)
	if err != nil || p.Name.Raw() != "kthreadd" {
		t.Skipf("no kernel threads to be seen in this pid namespace: %v", err)
	}
	if reason, ok := r.Protected(p); !ok || !strings.Contains(reason, "kernel") {
		t.Errorf("%q, %v", reason, ok)
	}
}
