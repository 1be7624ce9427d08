package bind_test

import (
	"slices"
	"testing"

	"lotop/model/bind"
	"lotop/model/modeltest"
	"lotop/sockets"
)

// What a diagnosis says on Windows can be done there.
func TestDiagnosisOfWindows(t *testing.T) {
	const table = `1 tcp LISTEN 0.0.0.0:3000 pid:10
2 tcp LISTEN 0.0.0.0:3000 pid:20
3 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:50001 pid:30
4 tcp FIN_WAIT2 127.0.0.1:3000 127.0.0.1:50002 orphaned`
	d := onWindows(t, table, bind.BindInUse, bind.BindInUse, bind.BindOK, bind.BindOK)
	texts := append([]string{}, d.Notes...)
	for _, r := range d.AllRemedies() {
		texts = append(texts, r.Text())
		if r.Action == bind.CloseConnection || r.Action == bind.ReuseAddress {
			t.Errorf("%+v", r)
		}
	}
	if len(texts) < 4 {
		t.Errorf("%q", texts)
	}
	for _, text := range texts {
		if word := modeltest.UnixTerm(text); word != "" {
			t.Errorf("%q says %s", text, word)
		}
	}
}

// A client in the dynamic range need not get the port again.
func TestExcludeOnWindows(t *testing.T) {
	snap := modeltest.Snapshot(t, 0, "1 tcp ESTABLISHED 127.0.0.1:50000 127.0.0.1:3000 pid:10")
	d := portOnWindows(t, sockets.TCP, 50000, snap, bind.BindInUse, bind.BindOK, bind.BindOK, bind.BindOK)
	want := bind.Remedy{Action: bind.ReservePort, Command: "netsh interface ipv4 add excludedportrange protocol=tcp startport=50000 numberofports=1"}
	if all := d.AllRemedies(); !slices.Contains(all, want) {
		t.Errorf("%+v, without %+v", all, want)
	}
}
