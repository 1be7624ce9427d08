package bind

import (
	"net/netip"
	"strings"
	"testing"

	"lotop/model/modeltest"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/sockets/process"
)

// macBinds are the binds of the tables below, in the order of their columns.
var macBinds = []Bind{
	{Host: netip.MustParseAddr("127.0.0.1")},
	{Host: netip.IPv4Unspecified()},
	{Host: netip.IPv6Loopback()},
	{Host: netip.IPv6Unspecified()},
	{Host: netip.IPv6Unspecified(), V6Only: true},
}

// onMac is evidence about a port of user 501, without binds; whose are the
// processes that matter by name.
func onMac(t *testing.T, port uint16, table string, whose ...*process.Process) Evidence {
	t.Helper()
	snap := modeltest.Snapshot(t, 0, table)
	for _, p := range whose {
		snap.Processes[int32(p.PID)] = p
	}
	m := track.New()
	m.Update(snap)
	return Evidence{
		Target: Target{Protocol: sockets.TCP, Port: port, Hosts: AnyHost()},
		Rows:   m.ByPort(sockets.TCP, port),
		Platform: Platform{
			OS: "darwin", UID: 501, Unprivileged: 1024,
			Ephemeral: sockets.PortRange{First: 49152, Last: 65535},
		},
	}
}

// Each holder stands alone. X refuses, ? may, and the columns are macBinds.
func TestRulesOfMacOS(t *testing.T) {
	const mine, theirs = " uid:501", " uid:502"
	for _, c := range []struct{ holder, plain, reuse string }{
		{"LISTEN 127.0.0.1:3000" + mine, "XX.X.", "X...."},
		{"LISTEN 0.0.0.0:3000" + mine, "XX...", ".X..."}, // "::" may come to it
		{"LISTEN [::1]:3000 v6only" + mine, "..XXX", "..X.."},
		{"LISTEN [::]:3000 v6only" + mine, "..XXX", "...XX"},
		{"LISTEN [::]:3000 dual" + mine, "XXXXX", ".X.XX"}, // but 0.0.0.0 not to it
		{"LISTEN 0.0.0.0:3000 mapped" + mine, "XX.X.", ".X.X."},
		{"LISTEN 127.0.0.1:3000 mapped" + mine, "XX.X.", "X...."},
		{"LISTEN 192.168.1.5:3000" + mine, ".X.X.", "....."},
		{"BOUND 127.0.0.1:3000" + mine, "XX.X.", "X...."},
		{"ESTABLISHED 127.0.0.1:3000 127.0.0.1:50000" + mine, "XX.X.", "....."},
		{"ESTABLISHED [::1]:3000 [::1]:50000 v6only" + mine, "..XXX", "....."},
		{"SYN_RECV 127.0.0.1:3000 127.0.0.1:50000" + mine, "XX.X.", "....."},
		{"TIME_WAIT 127.0.0.1:3000 127.0.0.1:50000" + mine, "XX.X.", "....."},
		{"TIME_WAIT 127.0.0.1:3000 127.0.0.1:50000", "XX.X.", "??.?."}, // whose is not known
		{"LISTEN 127.0.0.1:3000" + theirs, "XX.X.", "XX.X."},
		{"LISTEN 0.0.0.0:3000" + theirs, "XX...", "XX..."},
		{"LISTEN [::]:3000 dual" + theirs, "XXXXX", "XXXXX"},
		{"LISTEN [::]:3000 v6only" + theirs, "..XXX", "..XXX"},
		{"ESTABLISHED 127.0.0.1:3000 127.0.0.1:50000" + theirs, "XX.X.", "XX.X."},
	} {
		e := onMac(t, 3000, "1 tcp "+c.holder)
		if plain, reuse := columns(&e, false), columns(&e, true); plain != c.plain || reuse != c.reuse {
			t.Errorf("%s: plain %s, reuse %s", c.holder, plain, reuse)
		}
	}
}

// columns writes who refuses which of macBinds.
func columns(e *Evidence, reuse bool) string {
	var b strings.Builder
	for _, bind := range macBinds {
		b.WriteByte(".?X"[e.blocksMac(e.Rows[0].Socket, bind, reuse)])
	}
	return b.String()
}

// Root is kept away from nobody's socket by its user, and a dual-stack bind not
// from another user's IPv4 socket that has SO_REUSEPORT.
func TestOtherUsersMac(t *testing.T) {
	e := onMac(t, 3000, "1 tcp LISTEN 127.0.0.1:3000 uid:502")
	e.Options = map[sockets.ID]sockets.SocketOptions{1: {ReusePort: sockets.Yes}}
	if got := columns(&e, true); got != "XX..." {
		t.Errorf("with SO_REUSEPORT: %s", got)
	}
	if got := columns(&e, false); got != "XX.X." {
		t.Errorf("with SO_REUSEPORT, plain: %s", got)
	}
	e.Options, e.Platform.UID = nil, 0
	if got := columns(&e, true); got != "X...." {
		t.Errorf("for root: %s", got)
	}
}

// macVerdict is a table with the kernel's answers to the four binds of a bare
// port, 127.0.0.1, 0.0.0.0, ::1 and ::, and what follows.
type macVerdict struct {
	table        string
	plain, reuse [4]BindStatus
	verdict      Verdict
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
	const ok, taken = BindOK, BindInUse
	for name, c := range map[string]macVerdict{
		"free": {"", [4]BindStatus{ok, ok, ok, ok}, [4]BindStatus{ok, ok, ok, ok}, VerdictFree, ""},
		"a listener on one address": {
			"1 tcp LISTEN 127.0.0.1:3000 pid:10 uid:501",
			[4]BindStatus{taken, taken, ok, taken},
			[4]BindStatus{taken, ok, ok, ok},
			VerdictTaken, "listener@127.0.0.1,0.0.0.0,::?@127.0.0.1?",
		},
		"connections are in the way of plain binds only": {
			"1 tcp TIME_WAIT 127.0.0.1:3000 127.0.0.1:50000 uid:501",
			[4]BindStatus{taken, taken, ok, taken},
			[4]BindStatus{ok, ok, ok, ok},
			VerdictReuse, "time_wait@127.0.0.1,0.0.0.0,::?@?",
		},
		"two servers, each with its part": {
			"1 tcp LISTEN [::]:3000 pid:10 dual uid:501\n2 tcp LISTEN 0.0.0.0:3000 pid:20 uid:501",
			[4]BindStatus{taken, taken, taken, taken},
			[4]BindStatus{ok, taken, ok, taken},
			VerdictTaken, "listener@127.0.0.1,0.0.0.0?@0.0.0.0? listener@127.0.0.1,0.0.0.0,::1,::?@0.0.0.0,::?",
		},
	} {
		c.check(t, name)
	}
}

func TestBindStatusMac(t *testing.T) {
	const ok, taken, denied = BindOK, BindInUse, BindDenied
	for name, c := range map[string]macVerdict{
		"0.0.0.0 hides 127.0.0.1 from ::": {
			"1 tcp LISTEN 127.0.0.1:3000 pid:10 uid:501\n2 tcp LISTEN 0.0.0.0:3000 pid:20 uid:501",
			[4]BindStatus{taken, taken, ok, ok},
			[4]BindStatus{taken, taken, ok, ok},
			VerdictTaken, "listener@127.0.0.1,0.0.0.0?@0.0.0.0? listener@127.0.0.1,0.0.0.0?@127.0.0.1?",
		},
		"a refusal that no rule explains": {
			"1 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:50000 pid:10 uid:501\n2 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:50001 pid:20 uid:501",
			[4]BindStatus{taken, taken, ok, taken},
			[4]BindStatus{taken, ok, ok, ok},
			VerdictTaken, "client@127.0.0.1,0.0.0.0,::?@?127.0.0.1 client@127.0.0.1,0.0.0.0,::?@?127.0.0.1",
		},
		"the only one there": {
			"1 tcp TIME_WAIT 127.0.0.1:3000 127.0.0.1:50000",
			[4]BindStatus{taken, taken, ok, taken},
			[4]BindStatus{taken, taken, ok, ok},
			VerdictTaken, "time_wait@127.0.0.1,0.0.0.0,::?@127.0.0.1,0.0.0.0?",
		},
		"nobody there": {
			"",
			[4]BindStatus{taken, taken, ok, taken},
			[4]BindStatus{taken, taken, ok, taken},
			VerdictTaken, "unseen@127.0.0.1,0.0.0.0,::?@127.0.0.1,0.0.0.0,::?",
		},
		"not permitted, and held as well": {
			"1 tcp LISTEN 127.0.0.1:3000 pid:10 uid:501",
			[4]BindStatus{denied, taken, denied, taken},
			[4]BindStatus{denied, ok, denied, ok},
			VerdictNotPermitted, "listener@127.0.0.1,0.0.0.0,::?@127.0.0.1?",
		},
	} {
		c.check(t, name)
	}
}

// answered diagnoses with those answers to the four binds of a bare port.
func answered(t *testing.T, e *Evidence, plain, reuse [4]BindStatus) Diagnosis {
	t.Helper()
	for i, b := range e.Target.Binds() {
		e.Binds = append(e.Binds, BindResult{Bind: b, Plain: plain[i], Reuse: reuse[i]})
	}
	if probes := e.MoreProbes(); probes != nil {
		t.Errorf("asks for %v", probes)
	}
	return Diagnose(*e)
}

func sketchBoth(d *Diagnosis) string {
	var words []string
	for _, h := range d.Blockers {
		words = append(words, string(h.Cause)+"@"+join(h.Blocks)+"?"+join(h.MayBlock)+"@"+join(h.BlocksReuse)+"?"+join(h.MayBlockReuse))
	}
	return strings.Join(words, " ")
}
