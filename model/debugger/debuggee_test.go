package debugger

import (
	"strings"
	"testing"

	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

func processOf(pid int, name, command string) *process.Process {
	return &process.Process{PID: pid, Name: untrusted.New(name), Args: strings.Fields(command)}
}

// What delve builds has a name that says nothing, cut off after 15 bytes.
func TestDisplayName(t *testing.T) {
	for _, c := range []struct{ name, command, want string }{
		{"__debug_bin1346", "/home/ada/orders/__debug_bin1346812", "orders"},
		{"__debug_bin.exe", `C:\src\orders\__debug_bin1346812.exe`, "orders"},
		{"__debug_bin1346", "/home/ada/orders/cart/__debug_bin1346812 -test.v", "cart"},
		{"debug.test13468", "/home/ada/orders/cart/debug.test1346812", "cart.test"},
		{"__debug_bin1346", "/tmp/__debug_bin1346812", "__debug_bin1346"},
		{"__debug_bin1346", "./__debug_bin1346812", "__debug_bin1346"},
		{"__debug_bin1346", "", "__debug_bin1346"},
		{"node", "node /home/ada/__debug_bin.js", "node"},
		{"nginx", "nginx: worker process", "nginx"},
	} {
		if got := DisplayName(processOf(7, c.name, c.command)).String(); got != c.want {
			t.Errorf("%s %q is called %q, want %q", c.name, c.command, got, c.want)
		}
	}
}

func TestDebuggeeName(t *testing.T) {
	others := map[int32]*process.Process{
		5133: processOf(5133, "__debug_bin1346", "/home/ada/orders/__debug_bin1346812"),
		6145: processOf(6145, "shop", "./shop"),
	}
	for _, c := range []struct {
		command string
		tracee  int
		name    string
		pid     int
	}{
		{"dlv dap --listen=:2345", 5133, "orders", 5133},
		{"dlv debug --headless", 5133, "orders", 5133},
		{"dlv debug . --headless", 5133, "orders", 5133},
		{"dlv debug ./... --headless", 5133, "orders", 5133},
		{"dlv debug --headless ./cmd/shop", 5133, "shop", 5133},
		{"dlv test --headless ./cart/", 5133, "cart.test", 5133},
		{"dlv exec --headless /home/ada/bin/shop", 0, "shop", 0},
		{"dlv attach --headless 6145", 0, "shop", 6145},
		{"dlv attach --headless 6146", 0, "", 6146},
		{"gdbserver --attach :2345 6145", 0, "shop", 6145},
		{"dlv dap --listen=:2345", 0, "", 0},
		{"node --inspect worker.js", 0, "worker.js", 0},
		{"node --inspect -e 1", 0, "", 0},
	} {
		p := processOf(5120, "dlv", c.command)
		p.Tracee = c.tracee
		name, pid := DebuggeeName(p, func(pid int32) *process.Process { return others[pid] })
		if name.String() != c.name || pid != c.pid {
			t.Errorf("%s, tracee %d: %q (%d), want %q (%d)", c.command, c.tracee, name, pid, c.name, c.pid)
		}
	}
}
