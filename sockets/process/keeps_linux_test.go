package process

import (
	"strings"
	"syscall"
	"testing"
)

func TestKeeps(t *testing.T) {
	for _, test := range []struct {
		state, status string
		sig           syscall.Signal
		want          string
	}{
		{"S", "", syscall.SIGTERM, ""},
		{"D", "", syscall.SIGKILL, "it waits for a disk or a file server: it ends when that answers"},
		{"Z", "", syscall.SIGTERM, "its main thread has ended and others go on: wait, or end it by force"},
		{"T", "", syscall.SIGTERM, "it is stopped and ends when it goes on: kill -CONT 5"},
		{"T", "", syscall.SIGKILL, ""},
		{"t", "TracerPid:\t9\n", syscall.SIGTERM, "a debugger holds it: quit dlv (process 9) first"},
		{"t", "TracerPid:\t8\n", syscall.SIGKILL, "a debugger holds it: quit process 8 first"},
		{"S", "TracerPid:\t9\n", syscall.SIGTERM, "a debugger is attached and may hold the signal back: quit dlv (process 9) first"},
		{"S", "TracerPid:\t9\nSigIgn:\t0000000000004000\n", syscall.SIGTERM, "it ignores SIGTERM: end it by force"},
		{"S", "SigIgn:\t0000000000000001\n", syscall.SIGHUP, "it ignores SIGHUP: end it by force"},
		{"S", "SigIgn:\t0000000000000002\n", syscall.SIGQUIT, ""},
		{"S", "SigIgn:\t0000000000000200\n", 10, "it ignores signal 10: end it by force"},
	} {
		f := fakeProc{t, t.TempDir()}
		f.process(9, 1, 50)
		f.write(9, "stat", statLine(9, "dlv", 1, 50))
		f.write(5, "stat", strings.Replace(statLine(5, "x", 1, 100), ") S ", ") "+test.state+" ", 1))
		f.write(5, "status", test.status)
		if got := NewReader(f.root).keeps(5, test.sig); got != test.want {
			t.Errorf("%s %q: got %q, want %q", test.state, test.status, got, test.want)
		}
	}
	if got := NewReader(t.TempDir()).keeps(5, syscall.SIGTERM); got != "" {
		t.Errorf("no process: %q", got)
	}
}
