package cli

import (
	"syscall"

	"lotop/model/bind"
	"lotop/model/plan"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
	"lotop/ui/freeing"
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

// newFreeJSON describes a plan with the signal it starts with, and what came of it;
// report and rebound are nil before.
func newFreeJSON(p *plan.Plan, sig syscall.Signal, report *freeing.PortReport, rebound *freeing.Rebound, verdict bind.Verdict) freeJSON {
	j := freeJSON{Target: newTargetJSON(p.Diagnosis.Target), Actions: []actionJSON{}, Verdict: verdict}
	if len(report.Outcomes)+len(report.Closed) == 0 {
		j.Actions = newPlannedJSON(p, sig)
	}
	for i := range report.Outcomes {
		j.Actions = append(j.Actions, newOutcomeJSON(&report.Outcomes[i]))
	}
	for i := range report.Closed {
		c := &report.Closed[i]
		s := newSocketJSON(&c.Row)
		action := actionJSON{Action: "close_connection", Socket: &s, Result: "closed"}
		if c.Err != nil {
			action.Result, action.Reason = "denied", c.Err.Error()
		}
		j.Actions = append(j.Actions, action)
	}
	for _, f := range p.Protected {
		j.Refused = append(j.Refused, refusedJSON{f.Process.PID, f.Process.Name, f.Reason})
	}
	for _, l := range p.Skipped {
		j.Left = append(j.Left, newLeftJSON(&l))
	}
	j.Rebound = newReboundJSON(rebound)
	return j
}

// plannedJSON lists what would be done.
func newPlannedJSON(p *plan.Plan, sig syscall.Signal) []actionJSON {
	all := []actionJSON{}
	for _, v := range p.ToStop {
		all = append(all, actionJSON{
			Action: "signal", Signal: process.SignalName(sig),
			PID: v.PID, Name: v.Name, Result: "planned",
		})
	}
	for i := range p.ToClose {
		s := newSocketJSON(&p.ToClose[i])
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

func newReboundJSON(r *freeing.Rebound) *reboundJSON {
	if r == nil {
		return nil
	}
	j := &reboundJSON{AfterMS: r.After.Milliseconds()}
	if p := r.By; p != nil {
		j.PID, j.Name = p.PID, p.Name
	}
	if p := r.Parent; p != nil {
		j.StartedBy = &startedJSON{p.PID, p.Name}
	}
	return j
}
