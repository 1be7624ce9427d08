package bind

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"lotop/model/modeltest"
	"lotop/model/track"
	"lotop/sockets"
)

// onWindows diagnoses port 3000 from a table and the answers to the four binds:
// 127.0.0.1, 0.0.0.0, ::1 and ::.
func onWindows(t *testing.T, table string, answers ...BindStatus) Diagnosis {
	t.Helper()
	m := track.New()
	m.Update(modeltest.Snapshot(t, 0, table))
	e := Evidence{Target: Target{Protocol: sockets.TCP, Port: 3000, Hosts: AnyHost()}, Rows: m.ByPort(sockets.TCP, 3000)}
	e.Platform = Platform{OS: "windows", Excluded: []sockets.PortRange{{First: 2990, Last: 3089}}}
	if !strings.Contains(fmt.Sprint(answers), "EACCES") {
		e.Platform.Excluded = nil // nobody asks for them then
	}
	for i, b := range e.Target.Binds() {
		e.Binds = append(e.Binds, BindResult{Bind: b, Plain: answers[i], Reuse: answers[i]})
	}
	if probes := e.MoreProbes(); probes != nil {
		t.Errorf("asks for %v", probes)
	}
	return Diagnose(e)
}

// sketchBlockers writes holders as "cause@blocks?may".
func sketchBlockers(d *Diagnosis) string {
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
	const ok, taken, denied = BindOK, BindInUse, BindDenied
	for name, c := range map[string]struct {
		table   string
		answers []BindStatus
		verdict Verdict
		holders string
		note    string
	}{
		"free": {"", []BindStatus{ok, ok, ok, ok}, VerdictFree, "", ""},
		"a listener on one address leaves the wildcard": {
			"1 tcp LISTEN 127.0.0.1:3000 pid:10",
			[]BindStatus{taken, ok, ok, ok},
			VerdictTaken, "listener@127.0.0.1?", "",
		},
		"two servers, one port": {
			"1 tcp LISTEN 127.0.0.1:3000 pid:10\n2 tcp LISTEN 0.0.0.0:3000 pid:20",
			[]BindStatus{taken, taken, ok, ok},
			VerdictTaken,
			"listener@0.0.0.0?127.0.0.1 listener@127.0.0.1?0.0.0.0", "p20 (20) is shadowed on 127.0.0.1: connections to that address reach p10 (10)",
		},
		"a wildcard for itself alone": {
			"1 tcp LISTEN 0.0.0.0:3000 pid:10",
			[]BindStatus{denied, denied, ok, ok},
			VerdictTaken, "listener@127.0.0.1,0.0.0.0?", "SO_EXCLUSIVEADDRUSE",
		},
		"TIME_WAIT is in nobody's way": {
			"1 tcp TIME_WAIT 127.0.0.1:3000 127.0.0.1:50000\n2 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:50001 pid:10",
			[]BindStatus{taken, ok, ok, ok},
			VerdictTaken, "client@127.0.0.1?", "",
		},
		"a reserved range": {
			"", []BindStatus{denied, denied, ok, ok}, VerdictNotPermitted, "excluded_range@127.0.0.1,0.0.0.0?", "ports 2990-3089 are reserved by Windows",
		},
		"nothing explains it": {
			"", []BindStatus{taken, ok, ok, ok}, VerdictTaken, "unseen@127.0.0.1?", "netstat -anoq lists them as BOUND",
		},
	} {
		d := onWindows(t, c.table, c.answers...)
		if got := sketchBlockers(&d); got != c.holders || d.Verdict != c.verdict || !d.PlainOnly {
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
		e := Evidence{Target: Target{Protocol: protocol, Port: 3000, Hosts: AnyHost()}, Platform: Platform{OS: "windows"}}
		for _, text := range []string{e.unlistedBoundNote(), e.noteDenied(e.Target.Binds()[0])} {
			if got := strings.Contains(text, ListBound); got != want {
				t.Errorf("%s: %s", protocol, text)
			}
		}
	}
}
