package ui

import (
	"net/netip"
	"testing"
	"time"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
	"lotop/ui/style"
)

func TestAge(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0s", 0: "0s", 999 * time.Millisecond: "0s", 99 * time.Second: "99s", 100 * time.Second: "1m",
		99 * time.Minute: "99m", 100 * time.Minute: "1h", 47 * time.Hour: "47h", 48 * time.Hour: "2d",
		999 * 24 * time.Hour: "999d", 1000 * 24 * time.Hour: "2y",
	} {
		if got := Age(d); got != want {
			t.Errorf("Age(%v) = %s, not %s", d, got, want)
		}
	}
}

func TestSeconds(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0.0s", 230 * time.Millisecond: "0.2s", 9999 * time.Millisecond: "10.0s", 12 * time.Second: "12s"} {
		if got := Seconds(d); got != want {
			t.Errorf("Seconds(%v) = %s, not %s", d, got, want)
		}
	}
}

func TestInterval(t *testing.T) {
	for d, want := range map[time.Duration]string{
		100 * time.Millisecond: "100ms", time.Second: "1s", 30 * time.Second: "30s", time.Minute: "1m",
		90 * time.Second: "1m30s", time.Hour: "1h", 10 * time.Minute: "10m",
	} {
		if got := Interval(d); got != want {
			t.Errorf("Interval(%v) = %s, not %s", d, got, want)
		}
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[uint64]string{
		0: "0B", 999: "999B", 1000: "1.0K", 1024: "1.0K", 4300: "4.2K", 10189: "10K", 84 << 20: "84M", 1023 << 10: "1.0M", 3 << 40: "3.0T", 1<<64 - 1: "16E",
	} {
		if got := Size(n); got != want {
			t.Errorf("Size(%d) = %s, not %s", n, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "no clients", 1: "1 client", 3: "3 clients"} {
		if got := Count(n, "client"); got != want {
			t.Errorf("Count(%d) = %s, not %s", n, got, want)
		}
	}
}

// The three wildcards are three different things.
func TestLocal(t *testing.T) {
	snap := &sockets.Snapshot{Interfaces: map[uint32]untrusted.Text{1: untrusted.New("lo")}}
	for _, c := range []struct {
		address string
		v6only  sockets.Tristate
		device  uint32
		want    string
	}{
		{"127.0.0.1:80", sockets.Unknown, 0, "127.0.0.1:80"},
		{"0.0.0.0:80", sockets.Unknown, 0, "0.0.0.0:80"},
		{"[::]:80", sockets.No, 0, "*:80"},
		{"[::]:80", sockets.Yes, 0, "[::]:80"},
		{"[::1]:80", sockets.No, 0, "[::1]:80"},
		{"0.0.0.0:80", sockets.Unknown, 1, "0.0.0.0%lo:80"},
		{"[::]:80", sockets.Yes, 1, "[::%lo]:80"},
	} {
		local := netip.MustParseAddrPort(c.address)
		s := &sockets.Socket{Local: local, V6: local.Addr().Is6(), V6Only: c.v6only, Interface: c.device}
		if got := Local(snap, s); got != c.want {
			t.Errorf("%s (IPV6_V6ONLY %v) is written %s, not %s", c.address, c.v6only, got, c.want)
		}
	}
}

func TestMiddle(t *testing.T) {
	for _, c := range []struct {
		s     string
		width int
		want  string
	}{
		{"short", 10, "short"},
		{"node /home/ada/shop/server.js --port 3000", 24, "node /h…s --port 3000"},
		{"node server.js", 5, "node…"},
		{"服务器服务器服务器", 10, "服…服务器"},
		{"x", 0, ""},
	} {
		got := style.CutMiddle(c.s, c.width)
		if style.Width(got) > c.width {
			t.Errorf("Middle(%q, %d) = %q: %d cells", c.s, c.width, got, style.Width(got))
		}
		if c.width <= 10 && got != c.want {
			t.Errorf("Middle(%q, %d) = %q, not %q", c.s, c.width, got, c.want)
		}
	}
}

func TestNothing(t *testing.T) {
	for _, c := range []struct {
		noun, query string
		all         bool
		want        string
	}{
		{"socket", "", false, "no socket on loopback; a widens"},
		{"listener", "port:3000", false, "no listener matches port:3000; esc clears, a widens"},
		{"socket", "", true, "no socket"},
		{"connection", "x\x1b", true, `no connection matches x\x1b; esc clears`},
	} {
		if got := EmptyMessage(c.noun, c.query, c.all, "esc clears", "a widens"); got != c.want {
			t.Errorf("got %q, not %q", got, c.want)
		}
	}
}

func TestSupervisorAdvice(t *testing.T) {
	id := "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	for path, want := range map[string]string{
		"/system.slice/nginx.service":                                            "systemd may restart it; instead: systemctl stop nginx.service",
		"/user.slice/user-1000.slice/user@1000.service/app.slice/syncer.service": "systemd may restart it; instead: systemctl --user stop syncer.service",
		"/user.slice/user-1000.slice/session-3.scope":                            "",
		"/system.slice/docker-" + id + ".scope":                                  "runs in a container that may restart it; instead: docker stop 0123456789ab",
		"/":                                                                      "",
	} {
		g := process.ParseCgroup(path)
		if got := SupervisorAdvice(&g); got != want {
			t.Errorf("%s: %q, not %q", path, got, want)
		}
	}
}
