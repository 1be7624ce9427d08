package bind_test

import (
	"strings"
	"testing"

	"lotop/model/bind"
	"lotop/model/modeltest"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/sockets/process"
)

// onMac is evidence about a port of user 501, without binds; whose are the
// processes that matter by name.
func onMac(t *testing.T, port uint16, table string, whose ...*process.Process) bind.Evidence {
	t.Helper()
	snap := modeltest.Snapshot(t, 0, table)
	for _, p := range whose {
		snap.Processes[int32(p.PID)] = p
	}
	m := track.New()
	m.Update(snap)
	return bind.Evidence{
		Target: bind.Target{Protocol: sockets.TCP, Port: port, Hosts: bind.AnyHost()},
		Rows:   m.ByPort(sockets.TCP, port),
		Platform: bind.Platform{
			OS: "darwin", UID: 501, Unprivileged: 1024,
			Ephemeral: sockets.PortRange{First: 49152, Last: 65535},
		},
	}
}

// macVerdict is a table with the kernel's answers to the four binds of a bare
// port, 127.0.0.1, 0.0.0.0, ::1 and ::, and what follows.
type macVerdict struct {
	table        string
	plain, reuse [4]bind.BindStatus
	verdict      bind.Verdict
	blockers     string // as cause@blocks?may@blocks with SO_REUSEADDR?may
}

func (c *macVerdict) check(t *testing.T, name string) {
	t.Helper()
	e := onMac(t, 3000, c.table)
	d := answered(t, &e, c.plain, c.reuse)
	if got := sketchBoth(&d); got != c.blockers || d.Verdict != c.verdict || d.PlainOnly {
		t.Errorf("%s: %s, %s", name, d.Verdict, got)
	}
}

func TestDiagnoseOnMac(t *testing.T) {
	const ok, taken = bind.BindOK, bind.BindInUse
	for name, c := range map[string]macVerdict{
		"free": {"", [4]bind.BindStatus{ok, ok, ok, ok}, [4]bind.BindStatus{ok, ok, ok, ok}, bind.VerdictFree, ""},
		"a listener on one address": {
			"1 tcp LISTEN 127.0.0.1:3000 pid:10 uid:501",
			[4]bind.BindStatus{taken, taken, ok, taken},
			[4]bind.BindStatus{taken, ok, ok, ok},
			bind.VerdictTaken, "listener@127.0.0.1,0.0.0.0,::?@127.0.0.1?",
		},
		"connections are in the way of plain binds only": {
			"1 tcp TIME_WAIT 127.0.0.1:3000 127.0.0.1:50000 uid:501",
			[4]bind.BindStatus{taken, taken, ok, taken},
			[4]bind.BindStatus{ok, ok, ok, ok},
			bind.VerdictReuse, "time_wait@127.0.0.1,0.0.0.0,::?@?",
		},
		"two servers, each with its part": {
			"1 tcp LISTEN [::]:3000 pid:10 dual uid:501\n2 tcp LISTEN 0.0.0.0:3000 pid:20 uid:501",
			[4]bind.BindStatus{taken, taken, taken, taken},
			[4]bind.BindStatus{ok, taken, ok, taken},
			bind.VerdictTaken, "listener@127.0.0.1,0.0.0.0?@0.0.0.0? listener@127.0.0.1,0.0.0.0,::1,::?@0.0.0.0,::?",
		},
	} {
		c.check(t, name)
	}
}

func TestBindStatusMac(t *testing.T) {
	const ok, taken, denied = bind.BindOK, bind.BindInUse, bind.BindDenied
	for name, c := range map[string]macVerdict{
		"0.0.0.0 hides 127.0.0.1 from ::": {
			"1 tcp LISTEN 127.0.0.1:3000 pid:10 uid:501\n2 tcp LISTEN 0.0.0.0:3000 pid:20 uid:501",
			[4]bind.BindStatus{taken, taken, ok, ok},
			[4]bind.BindStatus{taken, taken, ok, ok},
			bind.VerdictTaken, "listener@127.0.0.1,0.0.0.0?@0.0.0.0? listener@127.0.0.1,0.0.0.0?@127.0.0.1?",
		},
		"a refusal that no rule explains": {
			"1 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:50000 pid:10 uid:501\n2 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:50001 pid:20 uid:501",
			[4]bind.BindStatus{taken, taken, ok, taken},
			[4]bind.BindStatus{taken, ok, ok, ok},
			bind.VerdictTaken, "client@127.0.0.1,0.0.0.0,::?@?127.0.0.1 client@127.0.0.1,0.0.0.0,::?@?127.0.0.1",
		},
		"the only listed socket": {
			"1 tcp TIME_WAIT 127.0.0.1:3000 127.0.0.1:50000",
			[4]bind.BindStatus{taken, taken, ok, taken},
			[4]bind.BindStatus{taken, taken, ok, ok},
			bind.VerdictTaken, "time_wait@127.0.0.1,0.0.0.0,::?@127.0.0.1,0.0.0.0?",
		},
		"no listed socket": {
			"",
			[4]bind.BindStatus{taken, taken, ok, taken},
			[4]bind.BindStatus{taken, taken, ok, taken},
			bind.VerdictTaken, "unseen@127.0.0.1,0.0.0.0,::?@127.0.0.1,0.0.0.0,::?",
		},
		"not permitted, and also in use": {
			"1 tcp LISTEN 127.0.0.1:3000 pid:10 uid:501",
			[4]bind.BindStatus{denied, taken, denied, taken},
			[4]bind.BindStatus{denied, ok, denied, ok},
			bind.VerdictNotPermitted, "listener@127.0.0.1,0.0.0.0,::?@127.0.0.1?",
		},
	} {
		c.check(t, name)
	}
}

// answered diagnoses with those answers to the four binds of a bare port.
func answered(t *testing.T, e *bind.Evidence, plain, reuse [4]bind.BindStatus) bind.Diagnosis {
	t.Helper()
	for i, b := range e.Target.Binds() {
		e.Binds = append(e.Binds, bind.BindResult{Bind: b, Plain: plain[i], Reuse: reuse[i]})
	}
	if probes := e.MoreProbes(); probes != nil {
		t.Errorf("asks for %v", probes)
	}
	return bind.Diagnose(*e)
}

func sketchBoth(d *bind.Diagnosis) string {
	var words []string
	for _, h := range d.Blockers {
		words = append(words, string(h.Cause)+"@"+join(h.Blocks)+"?"+join(h.MayBlock)+"@"+join(h.BlocksReuse)+"?"+join(h.MayBlockReuse))
	}
	return strings.Join(words, " ")
}
