package ui

import (
	"net/netip"
	"testing"

	"lotop/model"
	"lotop/model/bind"
	"lotop/model/modeltest"
	"lotop/model/portlist"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/sockets/untrusted"
)

// diagnosed returns the diagnosis of port 3000 with the sockets of modeltest's text, where
// the binds have these results.
func diagnosed(t *testing.T, text string, results ...bind.BindStatus) *bind.Diagnosis {
	t.Helper()
	tr := track.New()
	tr.Update(modeltest.Snapshot(t, 0, text))
	target := bind.Target{Protocol: sockets.TCP, Port: 3000, Hosts: bind.AnyHost()}
	e := bind.Evidence{Target: target, Rows: tr.ByPort(sockets.TCP, 3000), Platform: bind.Platform{OS: "linux"}}
	for i, b := range target.Binds() {
		e.Binds = append(e.Binds, bind.BindResult{Bind: b, Plain: results[i%len(results)], Reuse: results[i%len(results)]})
	}
	d := bind.Diagnose(e)
	return &d
}

func TestPortAnswer(t *testing.T) {
	const used, ok = bind.BindInUse, bind.BindOK
	for _, c := range []struct {
		text    string
		results []bind.BindStatus
		want    string
	}{
		{"", []bind.BindStatus{ok}, "yes: every bind succeeds"},
		{"1 tcp LISTEN [::]:3000 dual pid:7", []bind.BindStatus{used}, "no: in use on every address"},
		{"1 tcp LISTEN 127.0.0.1:3000 pid:7", []bind.BindStatus{used, used, ok, used}, "no: in use on 127.0.0.1, 0.0.0.0, ::; free on ::1"},
		{"", []bind.BindStatus{bind.BindDenied}, "no: not permitted (EACCES)"},
	} {
		if got := PortAnswer(diagnosed(t, c.text, c.results...)).String(); got != c.want {
			t.Errorf("%s: %q, not %q", c.text, got, c.want)
		}
	}
	reuse := diagnosed(t, "", ok)
	reuse.Verdict = bind.VerdictReuse
	if got, want := PortAnswer(reuse).String(), "yes, with SO_REUSEADDR (most servers set it)"; got != want {
		t.Errorf("%q, not %q", got, want)
	}
}

func TestFreeEffect(t *testing.T) {
	for _, c := range []struct {
		text   string
		others []int
		want   string
	}{
		{"", nil, ""},
		{"1 tcp LISTEN [::]:3000 dual pid:7", nil, "stops 7"},
		{"1 tcp LISTEN 127.0.0.1:3000 pid:7\n2 tcp LISTEN [::1]:3000 pid:8", []int{9229}, "stops 7, 8, closes 9229 too"},
		{"1 tcp LISTEN [::]:3000 dual pid:7", []int{80, 443}, "stops 7, closes 80, 443 too"},
		{"1 tcp LISTEN [::]:3000 dual pid:7", []int{80, 443, 9229}, "stops 7, closes 3 other ports too"},
		{"1 tcp LISTEN [::]:3000 dual uid:0", []int{9229}, ""},
	} {
		if got := FreeEffect(diagnosed(t, c.text, bind.BindInUse), c.others); got != c.want {
			t.Errorf("%s: %q, not %q", c.text, got, c.want)
		}
	}
}

// A unit that starts a process again is what has to be stopped: no signal frees the port.
func TestFreeEffectOfUnit(t *testing.T) {
	d := diagnosed(t, "1 tcp LISTEN [::]:3000 dual pid:7", bind.BindInUse)
	d.Blockers[0].Remedies = []bind.Remedy{{Action: bind.StopUnit, Unit: "shop.service"}}
	if got := FreeEffect(d, nil); got != "" {
		t.Errorf("%q", got)
	}
}

// The sockets of a port are reached together.
func TestOpenToPort(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{
			"1 tcp LISTEN 0.0.0.0:3000 pid:7\n2 tcp LISTEN [::]:3000 v6only pid:7",
			"every machine that can reach this one  ⚠\nhttp://192.168.1.20:3000  wlan0\nhttp://[fd00::5]:3000     wlan0\nhttp://localhost:3000     this machine\nkeep it here: x",
		},
		{
			"1 tcp LISTEN 0.0.0.0:3000 pid:7",
			"every machine that can reach this one over IPv4  ⚠\nhttp://192.168.1.20:3000  wlan0\nhttp://localhost:3000     this machine\nkeep it here: x",
		},
		{"1 tcp LISTEN 127.0.0.1:3000 pid:7\n2 tcp LISTEN [::1]:3000 pid:7", "this machine only  http://localhost:3000\n                   http://[::1]:3000"},
		{"1 tcp LISTEN 127.0.0.1:3000 pid:7\n2 tcp LISTEN 127.0.0.1:3000 pid:7", "this machine only  http://localhost:3000"},
	} {
		snap := modeltest.Snapshot(t, 0, c.text)
		snap.Addresses, snap.AddressInterfaces = nil, map[netip.Addr]untrusted.Text{}
		for _, a := range []string{"192.168.1.20", "fd00::5"} {
			at := netip.MustParseAddr(a)
			snap.Addresses, snap.AddressInterfaces[at] = append(snap.Addresses, at), untrusted.New("wlan0")
		}
		tr := track.New()
		tr.Update(snap)
		rows := portlist.Make(tr, portlist.Options{Order: model.Order{Column: model.ByLocal}}).Rows
		if got := plainText(OpenToPort(&rows[0], "x", 0)); len(rows) != 1 || got != c.want {
			t.Errorf("%s: %d rows\n%s\nnot\n%s", c.text, len(rows), got, c.want)
		}
	}
}
