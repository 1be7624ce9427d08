package bind

import (
	"strings"
	"testing"

	"lotop/sockets"
)

// unixTerm are words that mean nothing on Windows.
func unixTerm(text string) string {
	for _, word := range []string{"SIG", "signal", "pidfd", "systemctl", "setcap", "sysctl", "sudo", "root"} {
		if strings.Contains(text, word) {
			return word
		}
	}
	return ""
}

// What a diagnosis says on Windows can be done there.
func TestDiagnosisOfWindows(t *testing.T) {
	const table = `1 tcp LISTEN 0.0.0.0:3000 pid:10
2 tcp LISTEN 0.0.0.0:3000 pid:20
3 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:50001 pid:30
4 tcp FIN_WAIT2 127.0.0.1:3000 127.0.0.1:50002 orphaned`
	d := onWindows(t, table, BindInUse, BindInUse, BindOK, BindOK)
	texts := append([]string{}, d.Notes...)
	for _, r := range d.AllRemedies() {
		texts = append(texts, r.Text())
		if r.Action == CloseConnection || r.Action == ReuseAddress {
			t.Errorf("%+v", r)
		}
	}
	if len(texts) < 4 {
		t.Errorf("%q", texts)
	}
	for _, text := range texts {
		if word := unixTerm(text); word != "" {
			t.Errorf("%q says %s", text, word)
		}
	}
}

// Of a client in the dynamic range the port can be kept.
func TestExcludeOnWindows(t *testing.T) {
	e := Evidence{Target: Target{Protocol: sockets.TCP, Port: 50000, Hosts: AnyHost()}, Platform: Platform{OS: "windows"}}
	if got, want := e.reserveCommand(), "netsh interface ipv4 add excludedportrange protocol=tcp startport=50000 numberofports=1"; got != want {
		t.Errorf("%s, not %s", got, want)
	}
}
