package plan

import (
	"time"

	"lotop/model"
	"lotop/model/bind"
	"lotop/sockets/process"
)

// Report is the result of a plan.
type Report struct {
	Outcomes []process.Outcome
	Closed   []CloseResult
	// After is the diagnosis after the plan was carried out; the zero value if the plan
	// was to close a connection only.
	After bind.Diagnosis
	// Rebound is the process that has bound the port again by then; nil if none has.
	Rebound *Rebound
}

// CloseResult is a connection that was to be closed without stopping a process.
type CloseResult struct {
	Row model.Row
	Err error // why it was not; nil if it was, or had closed already
}

// Rebound is the process that bound a freed port again.
type Rebound struct {
	After  time.Duration
	By     *process.Process // nil if unknown
	Parent *process.Process // the parent of By, nil if unknown
	// Starter is which of the parents of By starts it again, if it may be stopped; nil if
	// there is none.
	Starter *process.Process
}

// StillRunning returns the processes whose last outcome is that they have not
// exited.
func (r *Report) StillRunning() []*process.Process {
	last := map[int]process.Outcome{}
	for _, o := range r.Outcomes {
		last[o.Process.PID] = o
	}
	var all []*process.Process
	for _, o := range r.Outcomes {
		if o.Result == process.Survived && last[o.Process.PID].Result == process.Survived {
			all = append(all, o.Process)
			delete(last, o.Process.PID)
		}
	}
	return all
}
