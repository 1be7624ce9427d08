package tui

import (
	"context"
	"syscall"
	"time"

	"lotop/model/bind"
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

// fakePortService ends nobody, and notes whom it was told to.
type fakePortService struct {
	report  ports.Report
	rebound *ports.Rebound
	signals []syscall.Signal
	stopped []int
	closed  []sockets.ID
	checked []uint16
}

func (f *fakePortService) Stop(_ context.Context, _ bind.Target, victims []*process.Process, sig syscall.Signal, _ time.Duration) ports.Report {
	f.signals = append(f.signals, sig)
	for _, v := range victims {
		f.stopped = append(f.stopped, v.PID)
	}
	return f.report
}

func (f *fakePortService) Close(s *sockets.Socket) ports.Report {
	f.closed = append(f.closed, s.ID)
	return f.report
}

func (f *fakePortService) WatchRebind(context.Context, bind.Target, time.Time) (*ports.Rebound, error) {
	return f.rebound, nil
}

func (f *fakePortService) DiagnoseNoConnect(_ context.Context, t bind.Target) (bind.Diagnosis, error) {
	f.checked = append(f.checked, t.Port)
	return bind.Diagnosis{
		Target: t, Verdict: bind.VerdictFree,
		Binds: []bind.BindResult{{Bind: bind.Bind{Host: t.Hosts[0]}, Plain: bind.BindOK, Reuse: bind.BindOK}},
	}, nil
}
