package jsonout

import (
	"syscall"

	"lotop/model/bind"
	"lotop/model/plan"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// Free is the JSON of lotop free.
type Free struct {
	Target  Target       `json:"target"`
	Actions []Action     `json:"actions"`
	Verdict bind.Verdict `json:"verdict"`
	Rebound *Rebound     `json:"retaken_by,omitempty"`
	Refused []Protected  `json:"refused,omitempty"`
	Left    []Skipped    `json:"left,omitempty"`
}

// Action is one step that was done, or with --dry-run would be: a signal to a
// process, or a closed connection.
type Action struct {
	Action  string         `json:"action"` // "signal" or "close_connection"
	Signal  string         `json:"signal,omitempty"`
	PID     int            `json:"pid,omitempty"`
	Name    untrusted.Text `json:"name,omitzero"`
	Socket  *Socket        `json:"socket,omitempty"`
	Result  string         `json:"result"` // exited, survived, gone, denied, closed; planned
	AfterMS *int64         `json:"after_ms,omitempty"`
	Reason  string         `json:"reason,omitempty"`
}

type Rebound struct {
	PID       int            `json:"pid,omitempty"`
	Name      untrusted.Text `json:"name,omitzero"`
	AfterMS   int64          `json:"after_ms"`
	StartedBy *StartedBy     `json:"started_by,omitempty"`
}

type StartedBy struct {
	PID  int            `json:"pid"`
	Name untrusted.Text `json:"name"`
}

type Protected struct {
	PID    int            `json:"pid"`
	Name   untrusted.Text `json:"name"`
	Reason string         `json:"reason"`
}

type Skipped struct {
	Socket *Socket `json:"socket,omitempty"`
	Reason string  `json:"reason"`
}

// NewFree returns the JSON of a plan, the first signal it sends, and its results.
// report is empty before it was run.
func NewFree(p *plan.Plan, sig syscall.Signal, report *plan.Report, verdict bind.Verdict) Free {
	j := Free{Target: NewTarget(p.Diagnosis.Target), Actions: []Action{}, Verdict: verdict}
	if len(report.Outcomes)+len(report.Closed) == 0 {
		j.Actions = newPlanned(p, sig)
	}
	for i := range report.Outcomes {
		j.Actions = append(j.Actions, newOutcome(&report.Outcomes[i]))
	}
	for i := range report.Closed {
		c := &report.Closed[i]
		s := NewSocket(&c.Row)
		action := Action{Action: "close_connection", Socket: &s, Result: "closed"}
		if c.Err != nil {
			action.Result, action.Reason = "denied", c.Err.Error()
		}
		j.Actions = append(j.Actions, action)
	}
	for _, f := range p.Protected {
		j.Refused = append(j.Refused, Protected{f.Process.PID, f.Process.Name, f.Reason})
	}
	for _, l := range p.Skipped {
		j.Left = append(j.Left, newSkipped(&l))
	}
	j.Rebound = newRebound(report.Rebound)
	return j
}

// newPlanned returns the steps that would be done.
func newPlanned(p *plan.Plan, sig syscall.Signal) []Action {
	all := []Action{}
	for _, v := range p.ToStop {
		all = append(all, Action{
			Action: "signal", Signal: process.SignalName(sig),
			PID: v.PID, Name: v.Name, Result: "planned",
		})
	}
	for i := range p.ToClose {
		s := NewSocket(&p.ToClose[i])
		all = append(all, Action{Action: "close_connection", Socket: &s, Result: "planned"})
	}
	return all
}

func newOutcome(o *process.Outcome) Action {
	j := Action{Action: "signal", PID: o.Process.PID, Name: o.Process.Name, Result: string(o.Result), Reason: o.Reason}
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

func newSkipped(l *plan.Skip) Skipped {
	j := Skipped{Reason: l.Reason}
	if l.Blocker.Row.Socket != nil {
		s := NewSocket(&l.Blocker.Row)
		j.Socket = &s
	}
	return j
}

func newRebound(r *plan.Rebound) *Rebound {
	if r == nil {
		return nil
	}
	j := &Rebound{AfterMS: r.After.Milliseconds()}
	if p := r.By; p != nil {
		j.PID, j.Name = p.PID, p.Name
	}
	if p := r.Parent; p != nil {
		j.StartedBy = &StartedBy{p.PID, p.Name}
	}
	return j
}
