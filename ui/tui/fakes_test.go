package tui

import (
	"context"
	"slices"
	"syscall"
	"time"

	"lotop/model"
	"lotop/model/bind"
	"lotop/model/plan"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/ui/ports"
)

// fakeSource shows the snapshot that it is given.
type fakeSource struct {
	snap  sockets.Snapshot
	err   error
	reads int
	d     *driver
}

func (s *fakeSource) Read(_ context.Context, into *sockets.Snapshot) error {
	s.reads++
	if s.err != nil {
		return s.err
	}
	room := into.Sockets[:0]
	*into = s.snap
	into.Sockets = append(room, s.snap.Sockets...)
	into.Time = s.d.clock
	return nil
}

func (s *fakeSource) Close() error { return nil }

// fakeProcessReader knows details of some processes.
type fakeProcessReader struct {
	details   map[int]*process.Details
	parents   map[int][]*process.Process
	protected map[int]string
}

func (p *fakeProcessReader) Details(pid int) (*process.Details, error) {
	if d := p.details[pid]; d != nil {
		return d, nil
	}
	return nil, process.ErrGone
}

func (p *fakeProcessReader) Ancestors(pid int) ([]*process.Process, error) {
	return p.parents[pid], nil
}
func (p *fakeProcessReader) ParentsFirst(all []*process.Process) []*process.Process { return all }
func (p *fakeProcessReader) Protected(q *process.Process) (reason string, ok bool) {
	reason, ok = p.protected[q.PID]
	return reason, ok
}

// fakePortService stops no process, and records what it was asked to stop. Its plans are made of
// the snapshot that the driver shows.
type fakePortService struct {
	d       *driver
	os      string // whose rules the plans follow
	report  plan.Report
	reports map[uint16]plan.Report // of single ports, other than report
	rebound *plan.Rebound
	err     error
	signals []syscall.Signal
	stopped []int
	closed  []sockets.ID
	checked []uint16
	taken   bool // ports with a socket are in use, to DiagnoseNoConnect too
}

// diagnose makes the kernel refuse every bind to a port that has a socket.
func (f *fakePortService) diagnose(t bind.Target) (bind.Diagnosis, *track.Tracker) {
	snap := f.d.source.snap
	snap.Sockets = slices.Clone(snap.Sockets)
	m := track.New()
	m.Update(&snap)
	e := bind.Evidence{Target: t, Rows: m.ByPort(t.Protocol, t.Port), Platform: bind.Platform{OS: f.os}}
	status := bind.BindOK
	if len(e.Rows) > 0 {
		status = bind.BindInUse
	}
	for _, b := range t.Binds() {
		e.Binds = append(e.Binds, bind.BindResult{Bind: b, Plain: status, Reuse: status})
	}
	return bind.Diagnose(e), m
}

func (f *fakePortService) PlanPort(_ context.Context, t bind.Target, o plan.Options) (plan.Plan, error) {
	d, m := f.diagnose(t)
	o.Protected = f.d.processes.Protected
	return plan.ForPort(d, o, m.ByPID), f.err
}

func (f *fakePortService) PlanConnection(_ context.Context, r model.Row, s *sockets.Socket, closeOnly bool) (plan.Plan, error) {
	d, m := f.diagnose(bind.TargetOf(s))
	if closeOnly {
		return plan.ForClosing(d, r), f.err
	}
	return plan.ForConnection(d, r, s, plan.Options{Protected: f.d.processes.Protected}, m.ByPID), f.err
}

func (f *fakePortService) Execute(_ context.Context, p *plan.Plan, o ports.FreeOptions) (plan.Report, error) {
	if len(p.ToStop) > 0 {
		f.signal(p.ToStop, o.Signal)
	}
	r := f.reportOf(p.Diagnosis.Target)
	if len(p.ToStop) == 0 {
		r.Outcomes = nil
	}
	for _, row := range p.ToClose {
		f.closed = append(f.closed, row.Socket.ID)
		r.Closed = append(r.Closed, plan.CloseResult{Row: row, Err: f.err})
	}
	r.After = f.after(p.Diagnosis.Target)
	return r, nil
}

func (f *fakePortService) reportOf(t bind.Target) plan.Report {
	if r, ok := f.reports[t.Port]; ok {
		return r
	}
	return f.report
}

// after is the diagnosis that the driver wants; of a port in use that of the
// snapshot.
func (f *fakePortService) after(t bind.Target) bind.Diagnosis {
	d := f.reportOf(t).After
	if d.Verdict == bind.VerdictTaken {
		d, _ = f.diagnose(t)
	}
	d.Target, d.OS = t, f.os
	return d
}

func (f *fakePortService) Kill(_ context.Context, _ *plan.Plan, r *plan.Report, _ time.Duration) error {
	after := f.after(r.After.Target)
	if len(r.StillRunning()) == 0 {
		r.After = after
		return nil
	}
	f.signal(r.StillRunning(), syscall.SIGKILL)
	*r = f.reportOf(r.After.Target)
	r.After, r.Outcomes = after, slices.Clone(r.Outcomes)
	for i := range r.Outcomes {
		r.Outcomes[i].Signal = syscall.SIGKILL
	}
	return nil
}

func (f *fakePortService) signal(all []*process.Process, sig syscall.Signal) {
	f.signals = append(f.signals, sig)
	for _, p := range all {
		f.stopped = append(f.stopped, p.PID)
	}
}

func (f *fakePortService) WatchRebind(context.Context, bind.Target, time.Time) (*plan.Rebound, error) {
	return f.rebound, nil
}

func (f *fakePortService) DiagnoseNoConnect(_ context.Context, t bind.Target) (bind.Diagnosis, error) {
	f.checked = append(f.checked, t.Port)
	if f.taken {
		d, _ := f.diagnose(t)
		return d, nil
	}
	return bind.Diagnosis{
		Target: t, Verdict: bind.VerdictFree,
		Binds: []bind.BindResult{{Bind: bind.Bind{Host: t.Hosts[0]}, Plain: bind.BindOK, Reuse: bind.BindOK}},
	}, nil
}
