package process

import (
	"strings"
	"syscall"
	"testing"
)

func TestSurvivalReason(t *testing.T) {
	for _, test := range []struct {
		state, status string
		sig           syscall.Signal
		want          string
	}{
		{"S", "", syscall.SIGTERM, ""},
		{"D", "", syscall.SIGKILL, "it is in uninterruptible sleep: it exits when the disk or file server responds"},
		{"Z", "", syscall.SIGTERM, "its main thread exited but others still run: wait, or kill it"},
		{"T", "", syscall.SIGTERM, "it is suspended; resume it so it can exit: kill -CONT 5"},
		{"T", "", syscall.SIGKILL, ""},
		{"t", "TracerPid:\t9\n", syscall.SIGTERM, "it is paused by a debugger: quit dlv (process 9) first"},
		{"t", "TracerPid:\t8\n", syscall.SIGKILL, "it is paused by a debugger: quit process 8 first"},
		{"S", "TracerPid:\t9\n", syscall.SIGTERM, "a debugger is attached and may block the signal: quit dlv (process 9) first"},
		{"S", "TracerPid:\t9\nSigIgn:\t0000000000004000\n", syscall.SIGTERM, "it ignores SIGTERM: kill it"},
		{"S", "SigIgn:\t0000000000000001\n", syscall.SIGHUP, "it ignores SIGHUP: kill it"},
		{"S", "SigIgn:\t0000000000000002\n", syscall.SIGQUIT, ""},
		{"S", "SigIgn:\t0000000000000200\n", 10, "it ignores signal 10: kill it"},
	} {
		f := fakeProc{t, t.TempDir()}
		f.process(9, 1, 50)
		f.write(9, "stat", statLine(9, "dlv", 1, 50))
		f.write(5, "stat", strings.Replace(statLine(5, "x", 1, 100), ") S ", ") "+test.state+" ", 1))
		f.write(5, "status", test.status)
		if got := NewReader(f.root).survivalReason(5, test.sig); got != test.want {
			t.Errorf("%s %q: got %q, want %q", test.state, test.status, got, test.want)
		}
	}
	if got := NewReader(t.TempDir()).survivalReason(5, syscall.SIGTERM); got != "" {
		t.Errorf("no process: %q", got)
	}
}
