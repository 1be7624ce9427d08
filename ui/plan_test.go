package ui

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"lotop/model/bind"
	"lotop/model/plan"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
	"lotop/ui/style"
)

// The words for what is done to a process are those of the system.
func TestStopWording(t *testing.T) {
	node := &process.Process{PID: 4411, Name: untrusted.New("node"), Command: untrusted.New("node server.js")}
	for _, c := range []struct {
		system         string
		sig            syscall.Signal
		plan, survived string
	}{
		{"linux", syscall.SIGTERM, "ends      node (4411)  node server.js\nsends     SIGTERM", "✗ node (4411) did not exit on SIGTERM"},
		{"linux", syscall.SIGKILL, "ends      node (4411)  node server.js\nsends     SIGKILL", "✗ node (4411) did not exit on SIGKILL"},
		{"windows", syscall.SIGTERM, "ends      node (4411)  node server.js\nsends     a request to close", "✗ node (4411) did not close on request"},
		{"windows", syscall.SIGKILL, "ends      node (4411)  node server.js\nsends     no request: kills at once", "✗ node (4411) could not be killed either"},
	} {
		words := WordingFor(c.system)
		plan := plan.Plan{Diagnosis: bind.Diagnosis{OS: c.system}, ToStop: []*process.Process{node}}
		if got := plainText(PlanLines(&plan, c.sig, 0)); got != c.plan {
			t.Errorf("%s: %q", c.system, got)
		}
		o := process.Outcome{Process: node, Signal: c.sig, Result: process.Survived}
		if got := plainText([]style.Line{OutcomeLine(&o, words)}); got != c.survived {
			t.Errorf("%s: %q", c.system, got)
		}
		o = process.Outcome{Process: node, Signal: c.sig, Result: process.Exited, After: time.Second}
		if got := plainText([]style.Line{OutcomeLine(&o, words)}); got != "✓ node (4411) exited after 1.0s" {
			t.Errorf("%s: %q", c.system, got)
		}
	}
}

func plainText(lines []style.Line) string {
	all := make([]string, len(lines))
	for i, l := range lines {
		for _, span := range l {
			all[i] += span.Text
		}
	}
	return strings.Join(all, "\n")
}

// Who takes a port again as a service is to be stopped as one.
func TestSupervisorAdviceService(t *testing.T) {
	for kind, want := range map[process.Service]string{
		process.Stoppable: "Windows may restart it; instead: net stop Spooler", process.Unstoppable: "", process.Shared: "",
	} {
		if got := SupervisorAdvice(&process.Cgroup{Unit: untrusted.New("Spooler"), Service: kind}); got != want {
			t.Errorf("%s: %q", kind, got)
		}
	}
}
