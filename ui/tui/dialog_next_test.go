package tui

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lotop/model/bind"
	"lotop/model/plan"
	"lotop/sockets/process"
)

// denied lets the signal to a process be refused, on a machine where sudo helps.
func (d *driver) denied(pid int32) {
	p := d.source.snap.Processes[pid]
	d.outcome(pid, process.Denied, bind.VerdictTaken)
	d.ports.report.Outcomes[0].Err = fmt.Errorf("%w: process %d (%s) belongs to root: run lotop with sudo", process.ErrDenied, pid, p.Name)
	d.m.sudoHelps = func() bool { return true }
}

// survived is the report of a port whose process does not exit.
func survived(d *driver, pid int32) plan.Report {
	p := d.source.snap.Processes[pid]
	return plan.Report{
		Outcomes: []process.Outcome{{Process: p, Signal: syscall.SIGTERM, Result: process.Survived}},
		After:    bind.Diagnosis{Verdict: bind.VerdictTaken},
	}
}

func (d *driver) clipboard() string {
	d.t.Helper()
	want := fmt.Sprintf("%T", tea.SetClipboard("")())
	for _, msg := range slices.Backward(d.others) {
		if fmt.Sprintf("%T", msg) == want {
			return fmt.Sprint(msg)
		}
	}
	return ""
}

// retaken frees port 3000, which the given process has again after a moment.
func (d *driver) retaken(by, parent, starter int32) {
	all := d.source.snap.Processes
	d.exit(2001)
	d.ports.rebound = &plan.Rebound{After: 400 * time.Millisecond, By: all[by], Parent: all[parent], Starter: all[starter]}
	d.selectRow("127.0.0.1:3000")
	d.press("x", "y")
}

// The parent that starts a process again is ended with a plan of its own, which takes a
// yes of its own.
func TestParentOfRebound(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.retaken(2001, 1500, 1500)
	d.wants("127.0.0.1:3000 is taken again", "[ p  end npm too ]", "p end npm too")
	d.ports.rebound = nil
	d.press("p")
	d.wantsSignals(syscall.SIGTERM)
	d.wants("Free 127.0.0.1:3000 and end npm (1500)?", "ends      npm (1500)  npm run dev", "ends      node (2001)", "[ y  end them ]")
	d.press("n")
	d.wantsSignals(syscall.SIGTERM)
	if d.m.dialog != nil {
		t.Error("the dialog is still open")
	}
	d.ports.rebound = &plan.Rebound{By: d.source.snap.Processes[2001], Starter: d.source.snap.Processes[1500]}
	d.press("x", "y", "p")
	d.ports.rebound = nil
	d.press("y")
	d.wantsSignals(syscall.SIGTERM, syscall.SIGTERM, syscall.SIGTERM)
	if got := d.ports.stopped; !slices.Equal(got, []int{2001, 2001, 1500, 2001}) {
		t.Errorf("ended %v", got)
	}
	d.wants("Still free after")
}

// A port that a stranger has taken meanwhile is no reason to end the parent of that one,
// and a protected parent is never offered.
func TestNoParentToEnd(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.retaken(5120, 4400, 4400) // code has not started node
	d.wantsNot("[ p")
	d.press("y")
	d.wants("copied 5120")
	if got := d.clipboard(); got != "5120" {
		t.Errorf("copied %q", got)
	}
	d.press("p")
	d.wantsSignals(syscall.SIGTERM)

	d = start(t, street(), 80, 24)
	d.processes.protected[1500] = "lotop runs inside it"
	d.retaken(2001, 1500, 1500)
	d.press("p")
	d.wants("skips     npm (1500): lotop runs inside it")
	d.press("y")
	if slices.Contains(d.ports.stopped, 1500) {
		t.Error("a protected parent was ended")
	}
}

// A refused signal leaves the command that may send it.
func TestSudoCommand(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.denied(2001)
	d.selectRow("127.0.0.1:3000")
	d.press("x", "y")
	d.wants("run lotop with", "[ y  copy sudo lotop free 127.0.0.1:3000 ]", "[ esc  close ]")
	d.press("y")
	if got := d.clipboard(); got != "sudo lotop free 127.0.0.1:3000" {
		t.Errorf("copied %q", got)
	}
	d.wants("copied sudo lotop free")
	d.wantsSignals(syscall.SIGTERM)
	d.press("esc")
	d.m.sudoHelps = func() bool { return false }
	d.press("x", "y")
	d.wantsNot("copy sudo")
}

// What is behind the dialog is dimmed and stays where it is; the last line has the keys of
// the dialog.
func TestDimmedBehindDialog(t *testing.T) {
	d := start(t, street(), 120, 30)
	d.selectRow("127.0.0.1:3000")
	before := d.lines()
	d.press("x")
	after := d.lines()
	if !slices.Equal(before[:8], after[:8]) {
		t.Error("lines above the dialog have moved")
	}
	if last := after[len(after)-1]; last != " y end it  n leave it" {
		t.Errorf("the last line is %q", last)
	}
	first, _, _ := strings.Cut(d.m.page(), "\n")
	quiet := d.m.theme.Line(styled(muted, before[0]))
	start, _, _ := strings.Cut(quiet, before[0])
	if !strings.HasPrefix(first, start) || strings.Count(first, "\x1b[") != strings.Count(quiet, "\x1b[") {
		t.Errorf("not dimmed: %q", first)
	}
}

// A plan that does not fit is scrolled, so that every process can be seen before the yes.
func TestDialogScrolls(t *testing.T) {
	d := start(t, street(), 40, 12)
	d.press("M", "x")
	seen := ""
	for range 60 {
		seen += d.text()
		if !strings.Contains(d.text(), "more line") || d.m.dialog == nil {
			t.Fatalf("not scrolled:\n%s", d.text())
		}
		if strings.Contains(d.text(), "… 0 more") {
			break
		}
		d.press("down")
	}
	for _, j := range d.m.dialog.jobs {
		for _, p := range j.plan.ToStop {
			if !strings.Contains(seen, fmt.Sprintf("(%d)", p.PID)) {
				t.Errorf("%d is not shown", p.PID)
			}
		}
	}
	d.press("n")
	d.wantsSignals()
}
