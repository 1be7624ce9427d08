package bind_test

import (
	"strings"
	"testing"

	"lotop/model/bind"
	"lotop/model/modeltest"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// serving diagnoses a port whose listener runs as a service of Windows.
func serving(t *testing.T, unit string, kind process.Service) bind.Diagnosis {
	t.Helper()
	snap := modeltest.Snapshot(t, 0, "1 tcp LISTEN 0.0.0.0:3000 pid:10\n2 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:50001 pid:10")
	snap.Processes[10].Cgroup = process.Cgroup{Unit: untrusted.New(unit), Service: kind}
	return portOnWindows(t, sockets.TCP, 3000, snap, bind.BindInUse, bind.BindInUse, bind.BindOK, bind.BindOK)
}

// A service is stopped, and its process not ended.
func TestServices(t *testing.T) {
	for _, c := range []struct {
		unit          string
		kind          process.Service
		remedy, title string
		reason        string
	}{
		{"Spooler", process.Stoppable, "net stop Spooler", "Spooler", "it is the service Spooler: net stop Spooler"},
		{"lanman-server_1.2", process.Stoppable, "net stop lanman-server_1.2", "lanman-server_1.2", "it is the service lanman-server_1.2: net stop lanman-server_1.2"},
		{"Bonjour Service", process.Stoppable, `net stop "Bonjour Service"`, "Bonjour Service", `it is the service Bonjour Service: net stop "Bonjour Service"`},
		{"x&calc", process.Stoppable, "services.msc", "x&calc", "it is the service x&calc: services.msc"},
		{"MSSQL$SHOP", process.Stoppable, "services.msc", "MSSQL$SHOP", "it is the service MSSQL$SHOP: services.msc"},
		{"Dnscache", process.Unstoppable, "", "", "it is the service Dnscache, which cannot be stopped: use another port"},
		{"RpcEptMapper, RpcSs", process.Shared, "netstat -abno", "", "it runs the services RpcEptMapper, RpcSs, only one of which owns the port: netstat -abno"},
	} {
		d := serving(t, c.unit, c.kind)
		if len(d.Blockers) != 2 { // the listener and its connection
			t.Errorf("%s: %s", c.unit, sketchBlockers(&d))
		}
		for _, h := range d.Blockers {
			var remedies []string
			for _, r := range h.Remedies {
				remedies = append(remedies, r.Command)
				if r.Action != bind.StopUnit || r.Unit != c.title {
					t.Errorf("%s: %+v", c.unit, r)
				}
			}
			if got := strings.Join(remedies, "|"); got != c.remedy {
				t.Errorf("%s: %q, not %q", c.unit, got, c.remedy)
			}
		}
		if len(d.Notes) == 0 || d.Notes[0] != "p10 (10) "+strings.TrimPrefix(c.reason, "it ") {
			t.Errorf("%s: %q", c.unit, d.Notes)
		}
	}
}
