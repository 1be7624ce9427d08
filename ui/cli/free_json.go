package cli

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"lotop/model/bind"
	"lotop/model/plan"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// freeJSON is what was done to free a port, as scripts get it.
type freeJSON struct {
	Target  targetJSON    `json:"target"`
	Actions []actionJSON  `json:"actions"`
	Verdict bind.Verdict  `json:"verdict"`
	Rebound *reboundJSON  `json:"retaken_by,omitempty"`
	Refused []refusedJSON `json:"refused,omitempty"`
	Left    []leftJSON    `json:"left,omitempty"`
}

// actionJSON is one thing that was done, or with --dry-run would be: a signal
// to a process, or a connection closed.
type actionJSON struct {
	Action  string         `json:"action"` // "signal" or "close_connection"
	Signal  string         `json:"signal,omitempty"`
	PID     int            `json:"pid,omitempty"`
	Name    untrusted.Text `json:"name,omitzero"`
	Socket  *socketJSON    `json:"socket,omitempty"`
	Result  string         `json:"result"` // exited, survived, gone, denied, closed; planned
	AfterMS *int64         `json:"after_ms,omitempty"`
	Reason  string         `json:"reason,omitempty"`
}

type reboundJSON struct {
	PID       int            `json:"pid,omitempty"`
	Name      untrusted.Text `json:"name,omitzero"`
	AfterMS   int64          `json:"after_ms"`
	StartedBy *startedJSON   `json:"started_by,omitempty"`
}

type startedJSON struct {
	PID  int            `json:"pid"`
	Name untrusted.Text `json:"name"`
}

type refusedJSON struct {
	PID    int            `json:"pid"`
	Name   untrusted.Text `json:"name"`
	Reason string         `json:"reason"`
}

type leftJSON struct {
	Socket *socketJSON `json:"socket,omitempty"`
	Reason string      `json:"reason"`
}

func (r *freeRun) newFreeJSON(verdict bind.Verdict) freeJSON {
	j := freeJSON{Target: newTargetJSON(r.plan.Diagnosis.Target), Actions: []actionJSON{}, Verdict: verdict}
	if len(r.report.Outcomes)+len(r.report.Closed) == 0 {
		j.Actions = r.plannedJSON()
	}
	for i := range r.report.Outcomes {
		j.Actions = append(j.Actions, newOutcomeJSON(&r.report.Outcomes[i]))
	}
	for i := range r.report.Closed {
		c := &r.report.Closed[i]
		s := newSocketJSON(&c.Row)
		action := actionJSON{Action: "close_connection", Socket: &s, Result: "closed"}
		if c.Err != nil {
			action.Result, action.Reason = "denied", c.Err.Error()
		}
		j.Actions = append(j.Actions, action)
	}
	for _, f := range r.plan.Protected {
		j.Refused = append(j.Refused, refusedJSON{f.Process.PID, f.Process.Name, f.Reason})
	}
	for _, l := range r.plan.Skipped {
		j.Left = append(j.Left, newLeftJSON(&l))
	}
	j.Rebound = r.newReboundJSON()
	return j
}

// plannedJSON lists what would be done.
func (r *freeRun) plannedJSON() []actionJSON {
	all := []actionJSON{}
	for _, v := range r.plan.ToStop {
		all = append(all, actionJSON{
			Action: "signal", Signal: process.SignalName(syscall.Signal(r.free.signal)),
			PID: v.PID, Name: v.Name, Result: "planned",
		})
	}
	for i := range r.plan.ToClose {
		s := newSocketJSON(&r.plan.ToClose[i])
		all = append(all, actionJSON{Action: "close_connection", Socket: &s, Result: "planned"})
	}
	return all
}

func newOutcomeJSON(o *process.Outcome) actionJSON {
	j := actionJSON{Action: "signal", PID: o.Process.PID, Name: o.Process.Name, Result: string(o.Result), Reason: o.Reason}
	if o.Signal != 0 {
		j.Signal = process.SignalName(o.Signal)
	}
	if o.Result == process.Exited {
		ms := o.After.Milliseconds()
		j.AfterMS = &ms
	}
	if o.Err != nil && j.Reason == "" {
		j.Reason = untrusted.New(o.Err.Error()).String()
	}
	return j
}

func newLeftJSON(l *plan.Skip) leftJSON {
	j := leftJSON{Reason: l.Reason}
	if l.Blocker.Row.Socket != nil {
		s := newSocketJSON(&l.Blocker.Row)
		j.Socket = &s
	}
	return j
}

func (r *freeRun) newReboundJSON() *reboundJSON {
	if r.rebound == nil {
		return nil
	}
	j := &reboundJSON{AfterMS: r.rebound.After.Milliseconds()}
	if p := r.rebound.By; p != nil {
		j.PID, j.Name = p.PID, p.Name
	}
	if p := r.rebound.Parent; p != nil {
		j.StartedBy = &startedJSON{p.PID, p.Name}
	}
	return j
}

// signalFlag is a flag that takes a signal by name or number.
type signalFlag syscall.Signal

// String implements pflag.Value.
func (s *signalFlag) String() string {
	return strings.TrimPrefix(process.SignalName(syscall.Signal(*s)), "SIG")
}

// Type implements pflag.Value.
func (s *signalFlag) Type() string { return "signal" }

// terminatingSignals are those that free takes, in the order in which it offers them.
func terminatingSignals() []syscall.Signal {
	return []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGABRT, syscall.SIGKILL}
}

// complete lets the shell offer the names.
func (s *signalFlag) complete(cmd *cobra.Command, flag string) {
	var names []string
	for _, known := range terminatingSignals() {
		name := signalFlag(known)
		names = append(names, name.String())
	}
	// It fails for a flag that does not exist, which every run of lotop would show.
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(names, noFiles))
}

// Set implements pflag.Value. Only signals that end a process make sense here.
func (s *signalFlag) Set(word string) error {
	name := strings.TrimPrefix(strings.ToUpper(word), "SIG")
	for _, known := range terminatingSignals() {
		if name == strings.TrimPrefix(process.SignalName(known), "SIG") || name == strconv.Itoa(int(known)) {
			*s = signalFlag(known)
			return nil
		}
	}
	return fmt.Errorf("must be one of: TERM, INT, HUP, QUIT, ABRT, KILL")
}
