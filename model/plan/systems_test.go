package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"lotop/model"
	"lotop/model/bind"
	"lotop/model/modeltest"
	"lotop/model/plan"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// situation is a port on some system, with the processes that matter by name.
type situation struct {
	os           string
	port         uint16
	table        string
	procs        []*process.Process
	plain, reuse [4]bind.BindStatus // of the binds of a bare port
	excluded     []sockets.PortRange
}

func (s *situation) plan(t *testing.T, o plan.Options) plan.Plan {
	t.Helper()
	snap := modeltest.Snapshot(t, 0, s.table)
	for _, p := range s.procs {
		snap.Processes[int32(p.PID)] = p
	}
	m := track.New()
	m.Update(snap)
	e := bind.Evidence{
		Target: bind.Target{Protocol: sockets.TCP, Port: s.port, Hosts: bind.AnyHost()}, Rows: m.ByPort(sockets.TCP, s.port),
		Platform: bind.Platform{OS: s.os, UID: 501, Unprivileged: 1024, Excluded: s.excluded},
	}
	for i, b := range e.Target.Binds() {
		e.Binds = append(e.Binds, bind.BindResult{Bind: b, Plain: s.plain[i], Reuse: s.reuse[i]})
	}
	if o.Protected == nil {
		o.Protected = unprotected
	}
	return plan.ForPort(bind.Diagnose(e), o, func(int32) []model.Row { return nil })
}

var inUse = [4]bind.BindStatus{bind.BindInUse, bind.BindInUse, bind.BindInUse, bind.BindInUse}

func checkProtected(t *testing.T, p *plan.Plan, reason string) {
	t.Helper()
	if p.Possible() || len(p.Protected) != 1 || !strings.Contains(p.Protected[0].Reason, reason) {
		t.Errorf("%+v, want %q", p.Protected, reason)
	}
}

// A process that owns the port on behalf of something else is not stopped.
func TestPlanOnMac(t *testing.T) {
	const controlCenter = "/System/Library/CoreServices/ControlCenter.app/Contents/MacOS/ControlCenter"
	for _, c := range []struct {
		port   uint16
		proc   process.Process
		reason string
	}{
		{5000, process.Process{PID: 20, Name: untrusted.New("ControlCenter"), Args: []string{controlCenter}}, "it listens for AirPlay Receiver and restarts if stopped: turn off AirPlay Receiver in System Settings"},
		{22, process.Process{PID: 1, Name: untrusted.New("launchd")}, "sudo launchctl list"},
	} {
		s := situation{os: "darwin", port: c.port, procs: []*process.Process{&c.proc}, plain: inUse, reuse: inUse}
		s.table = fmt.Sprintf("1 tcp LISTEN 0.0.0.0:%d pid:%d uid:501", c.port, c.proc.PID)
		p := s.plan(t, plan.Options{})
		checkProtected(t, &p, c.reason)
	}
}

// Where no connection can be closed by itself, root's plan leaves it alone, or
// lets it go with its process.
func TestPlanWithoutClosing(t *testing.T) {
	s := situation{
		os: "darwin", port: 3000,
		table: "1 tcp LISTEN 127.0.0.1:3000 pid:10 uid:501\n2 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:50000 pid:10 uid:501\n" +
			"3 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:50001 pid:20 uid:501\n4 tcp TIME_WAIT 127.0.0.1:3000 127.0.0.1:50002 uid:501",
		plain: [4]bind.BindStatus{bind.BindInUse, bind.BindInUse, bind.BindOK, bind.BindInUse}, reuse: [4]bind.BindStatus{bind.BindInUse, bind.BindOK, bind.BindOK, bind.BindOK},
	}
	p := s.plan(t, plan.Options{Root: true})
	if len(p.ToStop) != 1 || len(p.ToClose)+len(p.ToCloseAfter) != 0 || len(p.Skipped) != 2 {
		t.Fatalf("%+v", p)
	}
	for i, want := range []string{"wait for it to expire", "--clients"} {
		if reason := p.Skipped[i].Reason; !strings.Contains(reason, want) || strings.Contains(reason, "root") {
			t.Errorf("skipped for %q, not %q", reason, want)
		}
	}
}

// A port that Windows has reserved has no process to stop.
func TestPlanExcluded(t *testing.T) {
	s := situation{os: "windows", port: 3000, excluded: []sockets.PortRange{{First: 2990, Last: 3089}}}
	s.plain = [4]bind.BindStatus{bind.BindDenied, bind.BindDenied, bind.BindOK, bind.BindOK}
	s.reuse = s.plain
	p := s.plan(t, plan.Options{})
	if p.Possible() || len(p.Skipped) != 1 || !strings.Contains(p.Skipped[0].Reason, "reserved") {
		t.Errorf("%+v", p)
	}
}

// A service is stopped by Windows, not its process.
func TestPlanServices(t *testing.T) {
	for _, c := range []struct {
		unit   string
		kind   process.Service
		reason string
	}{
		{"Spooler", process.Stoppable, "it is the service Spooler: net stop Spooler"},
		{"Bonjour Service", process.Stoppable, `it is the service Bonjour Service: net stop "Bonjour Service"`},
		{"x&calc", process.Stoppable, "it is the service x&calc: services.msc"},
		{"Dnscache", process.Unstoppable, "it is the service Dnscache, which cannot be stopped: use another port"},
		{"RpcEptMapper, RpcSs", process.Shared, "it runs the services RpcEptMapper, RpcSs, only one of which owns the port: netstat -abno"},
	} {
		host := modeltest.Process(10)
		host.Cgroup = process.Cgroup{Unit: untrusted.New(c.unit), Service: c.kind}
		s := situation{os: "windows", port: 3000, table: "1 tcp LISTEN 0.0.0.0:3000 pid:10", procs: []*process.Process{host}}
		s.plain = [4]bind.BindStatus{bind.BindInUse, bind.BindInUse, bind.BindOK, bind.BindOK}
		p := s.plan(t, plan.Options{})
		checkProtected(t, &p, c.reason)
	}
}

// What a plan says on Windows can be done there.
func TestPlanOfWindows(t *testing.T) {
	const client, orphaned = "3 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:50001 pid:30", "4 tcp FIN_WAIT2 127.0.0.1:3000 127.0.0.1:50002 orphaned"
	for table, want := range map[string]string{
		"1 tcp LISTEN 0.0.0.0:3000 pid:10\n" + client + "\n" + orphaned: "owns only a connection",
		client:   "add --clients to stop it",
		orphaned: "no owner: wait for it to expire",
		"":       bind.ListBound,
	} {
		s := situation{os: "windows", port: 3000, plain: [4]bind.BindStatus{bind.BindInUse, bind.BindInUse, bind.BindOK, bind.BindOK}, table: table}
		p := s.plan(t, plan.Options{})
		var reasons []string
		for _, l := range p.Skipped {
			reasons = append(reasons, l.Reason)
		}
		all := strings.Join(reasons, "\n")
		if !strings.Contains(all, want) {
			t.Errorf("%q is not in %q", want, all)
		}
		if term := modeltest.UnixTerm(all); term != "" {
			t.Errorf("%q says %s", all, term)
		}
	}
}
