package bind_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"lotop/model/bind"
	"lotop/model/modeltest"
	"lotop/model/track"
	"lotop/sockets"
)

// onWindows diagnoses TCP port 3000 from a table and the answers to the four binds:
// 127.0.0.1, 0.0.0.0, ::1 and ::.
func onWindows(t *testing.T, table string, answers ...bind.BindStatus) bind.Diagnosis {
	t.Helper()
	return portOnWindows(t, sockets.TCP, 3000, modeltest.Snapshot(t, 0, table), answers...)
}

// portOnWindows diagnoses a port of a snapshot. Ports 2990 to 3089 are reserved.
func portOnWindows(t *testing.T, protocol sockets.Protocol, port uint16, snap *sockets.Snapshot, answers ...bind.BindStatus) bind.Diagnosis {
	t.Helper()
	m := track.New()
	m.Update(snap)
	e := bind.Evidence{Target: bind.Target{Protocol: protocol, Port: port, Hosts: bind.AnyHost()}, Rows: m.ByPort(protocol, port)}
	e.Platform = bind.Platform{OS: "windows", Ephemeral: sockets.PortRange{First: 49152, Last: 65535}}
	if strings.Contains(fmt.Sprint(answers), "EACCES") { // otherwise the ranges are not read
		e.Platform.Excluded = []sockets.PortRange{{First: 2990, Last: 3089}}
	}
	for i, b := range e.Target.Binds() {
		e.Binds = append(e.Binds, bind.BindResult{Bind: b, Plain: answers[i], Reuse: answers[i]})
	}
	if probes := e.MoreProbes(); probes != nil {
		t.Errorf("asks for %v", probes)
	}
	return bind.Diagnose(e)
}

// sketchBlockers writes blockers as "cause@blocks?may".
func sketchBlockers(d *bind.Diagnosis) string {
	var words []string
	for _, h := range d.Blockers {
		words = append(words, fmt.Sprintf("%s@%s?%s", h.Cause, join(h.Blocks), join(h.MayBlock)))
	}
	return strings.Join(words, " ")
}

func join(all []netip.Addr) string {
	words := make([]string, len(all))
	for i, a := range all {
		words[i] = a.String()
	}
	return strings.Join(words, ",")
}

func TestBlockersByStatus(t *testing.T) {
	const ok, taken, denied = bind.BindOK, bind.BindInUse, bind.BindDenied
	for name, c := range map[string]struct {
		table    string
		answers  []bind.BindStatus
		verdict  bind.Verdict
		blockers string
		note     string
	}{
		"free": {"", []bind.BindStatus{ok, ok, ok, ok}, bind.VerdictFree, "", ""},
		"a listener on one address leaves the wildcard": {
			"1 tcp LISTEN 127.0.0.1:3000 pid:10",
			[]bind.BindStatus{taken, ok, ok, ok},
			bind.VerdictTaken, "listener@127.0.0.1?", "",
		},
		"two servers, one port": {
			"1 tcp LISTEN 127.0.0.1:3000 pid:10\n2 tcp LISTEN 0.0.0.0:3000 pid:20",
			[]bind.BindStatus{taken, taken, ok, ok},
			bind.VerdictTaken,
			"listener@0.0.0.0?127.0.0.1 listener@127.0.0.1?0.0.0.0", "p20 (20) is shadowed on 127.0.0.1: connections to that address reach p10 (10)",
		},
		"a wildcard for itself alone": {
			"1 tcp LISTEN 0.0.0.0:3000 pid:10",
			[]bind.BindStatus{denied, denied, ok, ok},
			bind.VerdictTaken, "listener@127.0.0.1,0.0.0.0?", "SO_EXCLUSIVEADDRUSE",
		},
		"TIME_WAIT blocks nothing": {
			"1 tcp TIME_WAIT 127.0.0.1:3000 127.0.0.1:50000\n2 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:50001 pid:10",
			[]bind.BindStatus{taken, ok, ok, ok},
			bind.VerdictTaken, "client@127.0.0.1?", "",
		},
		"a reserved range": {
			"", []bind.BindStatus{denied, denied, ok, ok}, bind.VerdictNotPermitted, "excluded_range@127.0.0.1,0.0.0.0?", "ports 2990-3089 are reserved by Windows",
		},
		"nothing explains it": {
			"", []bind.BindStatus{taken, ok, ok, ok}, bind.VerdictTaken, "unseen@127.0.0.1?", "netstat -anoq lists them as BOUND",
		},
	} {
		d := onWindows(t, c.table, c.answers...)
		if got := sketchBlockers(&d); got != c.blockers || d.Verdict != c.verdict || !d.PlainOnly {
			t.Errorf("%s: %s, %s", name, d.Verdict, got)
		}
		if !strings.Contains(strings.Join(d.Notes, "\n"), c.note) {
			t.Errorf("%s: %q", name, d.Notes)
		}
	}
}

// The tables of Windows leave out TCP sockets that are bound and do not listen,
// and none of UDP.
func TestNotesWithoutOwner(t *testing.T) {
	for protocol, want := range map[sockets.Protocol]bool{sockets.TCP: true, sockets.UDP: false} {
		for _, status := range []bind.BindStatus{bind.BindInUse, bind.BindDenied} {
			d := portOnWindows(t, protocol, 4000, modeltest.Snapshot(t, 0, ""), status, status, status, status)
			if len(d.Notes) == 0 {
				t.Errorf("%s, %s: no notes", protocol, status)
			}
			for _, text := range d.Notes {
				if got := strings.Contains(text, bind.ListBound); got != want {
					t.Errorf("%s, %s: %s", protocol, status, text)
				}
			}
		}
	}
}
