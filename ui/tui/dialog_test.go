package tui

import (
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lotop/model/bind"
	"lotop/model/plan"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
	"lotop/ui"
)

// outcome lets what is stopped end like that, and the port be free or not.
func (d *driver) outcome(pid int32, result process.Result, verdict bind.Verdict) {
	p := d.source.snap.Processes[pid]
	d.ports.report = plan.Report{
		Outcomes: []process.Outcome{{Process: p, Signal: syscall.SIGTERM, Result: result}},
		After:    bind.Diagnosis{Verdict: verdict},
	}
}

func (d *driver) keepRunning(pid int32) { d.outcome(pid, process.Survived, bind.VerdictTaken) }
func (d *driver) exit(pid int32)        { d.outcome(pid, process.Exited, bind.VerdictFree) }

func (d *driver) wantsSignals(want ...syscall.Signal) {
	d.t.Helper()
	if !slices.Equal(d.ports.signals, want) {
		d.t.Errorf("sent %v, not %v", d.ports.signals, want)
	}
}

// Everything but y means no.
func TestDefaultIsNo(t *testing.T) {
	for _, key := range []string{"enter", "esc", "n", "space", "x", "Y", "f", "q", "down", "tab"} {
		d := start(t, street(), 80, 24)
		d.selectRow("127.0.0.1:3000")
		d.press("x")
		if d.m.dialog == nil || d.m.dialog.stage != stageConfirming {
			t.Fatalf("no question:\n%s", d.text())
		}
		d.press(key)
		d.wantsSignals()
		if d.m.dialog != nil || len(d.left) > 0 {
			t.Errorf("%s does not just close the dialog", key)
		}
	}
	d := start(t, street(), 80, 24)
	d.selectRow("127.0.0.1:3000")
	d.press("x")
	d.send(tea.MouseClickMsg{X: 25, Y: 14, Button: tea.MouseLeft})
	d.send(tea.PasteMsg{Content: "y"})
	d.wantsSignals()
}

// A y that was meant for something else, before there was a question, does no
// harm.
func TestTypedAhead(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.selectRow("127.0.0.1:3000")
	d.hold = true
	d.press("x", "y")
	d.hold = false
	d.release()
	d.wantsSignals()
	if d.m.dialog != nil {
		t.Error("the dialog is still open")
	}
}

// What is signalled is what was shown, whatever the table does before the yes.
func TestRowsChangeBeforeTheYes(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.selectRow("127.0.0.1:3333")
	d.press("x")
	d.wants("Free 127.0.0.1:3333")
	d.exit(3333)
	snap := with(without(street(), 24), listeners(1025, 30)...)
	snap.Processes[3333] = proc(3333, 1, 0, "stranger")
	d.source.snap = snap
	d.pass(2 * time.Second)
	d.press("y")
	d.wantsSignals(syscall.SIGTERM)
	if !slices.Equal(d.ports.stopped, []int{3333}) {
		t.Errorf("ended %v", d.ports.stopped)
	}
	if got := d.m.dialog.jobs[0].plan.ToStop[0].Name.String(); got != "服务器🚀" {
		t.Errorf("the process to stop has become %s", got)
	}
}

func TestRowUnderTheCursorAtThatMoment(t *testing.T) {
	d := start(t, hundred(), 80, 24)
	for range 10 {
		d.press("down")
	}
	want := d.selected()
	d.source.snap = with(d.source.snap, listeners(10000, 3)...)
	d.pass(time.Second)
	d.press("x")
	d.wants("Free " + want)
}

func TestForceNeedsConfirmation(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.keepRunning(3333)
	d.selectRow("127.0.0.1:3333")
	d.press("x", "y")
	d.wants("did not exit on SIGTERM", "[ f  send SIGKILL ]")
	d.exit(3333)
	d.press("f")
	d.wantsSignals(syscall.SIGTERM, syscall.SIGKILL)
	d.wants("is free", "Still free after")
	d.press("f")
	d.wantsSignals(syscall.SIGTERM, syscall.SIGKILL)
	if d.m.dialog != nil {
		t.Error("the result does not go with a key")
	}
}

// f means nothing before SIGTERM was survived, and nothing once the port is
// free or SIGKILL did not help either.
func TestForceOnlyAfterSurvival(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.selectRow("127.0.0.1:3333")
	d.press("f", "x", "f")
	d.wantsSignals()
	d.keepRunning(3333)
	d.press("x", "y", "f", "f")
	d.wantsSignals(syscall.SIGTERM, syscall.SIGKILL)
	d.keepRunning(3333)
	d.ports.report.After.Verdict = bind.VerdictFree
	d.press("x", "y")
	d.wants("is free", "did not exit on SIGTERM")
	d.wantsNot("SIGKILL")
	d.press("f")
	d.wantsSignals(syscall.SIGTERM, syscall.SIGKILL, syscall.SIGTERM)
}

func TestKeysIgnoredWhileStopping(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.exit(3333)
	d.selectRow("127.0.0.1:3333")
	d.press("x")
	d.hold = true
	d.press("y")
	d.press("y", "n", "f", "q", "esc")
	d.wants("SIGTERM sent")
	if len(d.left) > 0 || d.m.dialog == nil {
		t.Error("a key reaches the dialog while it works")
	}
	d.wantsSignals(syscall.SIGTERM)
}

// Taken again after the dialog was closed: that is news all the same.
func TestReboundAfterDialogClosed(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.exit(3333)
	all := d.source.snap.Processes
	d.ports.rebound = &plan.Rebound{After: 400 * time.Millisecond, By: all[4400], Parent: all[1500]}
	d.selectRow("127.0.0.1:3333")
	d.press("x")
	d.hold = true
	d.press("y")
	d.release() // it has ended; the watch is on
	d.wants("Checking that it stays free")
	d.press("esc")
	d.hold = false
	d.release()
	d.wants("127.0.0.1:3333 was bound again after 0.4s by code (4400)")
	d.lines()
}

func TestConnectionAsksWhichEnd(t *testing.T) {
	for key, want := range map[string][]int{"s": {813}, "c": {3333}} {
		d := start(t, street(), 80, 24)
		d.selectRow("← 127.0.0.1:51002")
		d.press("x")
		d.wants("stop the server, postgres: (813)", "stop the client, 服务器🚀 (3333)")
		d.wantsNot("close only this")
		d.press(key, "y")
		if !slices.Equal(d.ports.stopped, want) {
			t.Errorf("%s ends %v, not %v", key, d.ports.stopped, want)
		}
	}
	d := start(t, street(), 80, 24)
	d.selectRow("← 127.0.0.1:51002")
	d.press("x", "y")
	d.wantsSignals()
	if d.m.dialog != nil {
		t.Error("y chooses an end")
	}
}

// Who stands at the other end is no server: a client is only ever ended by its
// own letter.
func TestOnlyClientCanBeStopped(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.selectRow("accept queue")
	d.press("x")
	d.wants("c  stop the client, node (2001)")
	d.press("y")
	d.wantsSignals()
}

func TestOnlyTheConnectionAsRoot(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.m.root = true
	d.ports.report = plan.Report{}
	d.selectRow("← 127.0.0.1:51002")
	d.press("x", "k")
	d.wants("closes    ESTABLISHED", "[ y  close socket ]")
	d.press("n", "x", "k", "y")
	if !slices.Equal(d.ports.closed, []sockets.ID{4}) || len(d.ports.signals) > 0 {
		t.Errorf("closed %v, sent %v", d.ports.closed, d.ports.signals)
	}
	d.wants("1 connection closed, no process stopped")
	d.press("esc")
	d.selectRow("TIME_WAIT")
	d.press("x", "y")
	if !slices.Equal(d.ports.closed, []sockets.ID{4, 6}) {
		t.Errorf("of a TIME_WAIT closed %v", d.ports.closed)
	}
	d.press("esc")
	d.ports.report = plan.Report{Closed: []plan.CloseResult{{Err: fmt.Errorf("close: %w", syscall.EPERM)}}}
	d.selectRow("← 127.0.0.1:51002")
	d.press("x", "k", "y")
	d.wants("close: operation not permitted")
}

func TestProtected(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.selectRow("[::1]:6379")
	d.press("x")
	d.wants("lotop runs inside it")
	d.wantsNot("[ y")
	d.press("y")
	d.wantsSignals()
}

func TestNothingToFree(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.selectRow("127.0.0.1:3333")
	d.source.snap = without(street(), 24)
	d.pass(time.Second)
	d.press("x")
	d.wants("already closed; select")
	d.press("tab", "x")
	d.wants("events are history")
	if d.m.dialog != nil {
		t.Error("a dialog for what has gone")
	}
}

// Windows has no signals, and the dialog names none.
func TestDialogOfWindows(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.m.wording, d.ports.os = ui.WordingFor("windows"), "windows"
	d.selectRow("127.0.0.1:3000")
	d.press("x")
	d.wants("ends      node (2001)", "a request to close, waits 3s; asks again before it kills")
	d.wantsNot("SIG")
	d.keepRunning(2001)
	d.press("y")
	d.wants("node (2001) did not close", "[ f  kill process ]")
	d.press("f")
	d.wants("could not be killed")
	d.wantsNot("SIG")
	d.wantsSignals(syscall.SIGTERM, syscall.SIGKILL)
}

// A service of Windows is named beside its process, and stopped by Windows.
func TestDialogOfService(t *testing.T) {
	snap := street()
	service := *snap.Processes[2001]
	service.Cgroup = process.Cgroup{Unit: untrusted.New("Shop"), Service: process.Stoppable}
	snap.Processes[2001] = &service
	d := start(t, snap, 80, 24)
	d.m.wording, d.ports.os = ui.WordingFor("windows"), "windows"
	d.selectRow("127.0.0.1:3000")
	d.wants("node (Shop)")
	d.press("x")
	d.wants("skips     node (2001): it is the service Shop: net stop", "[ y  copy net stop Shop ]", "[ esc  close ]")
	d.wantsNot("end it")
	d.press("y")
	d.wantsSignals()
}
