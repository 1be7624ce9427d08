package ui

import (
	"net/netip"
	"strings"
	"testing"

	"lotop/model"
	"lotop/model/modeltest"
	"lotop/sockets"
	"lotop/sockets/untrusted"
	"lotop/ui/style"
)

// openTo returns the lines about a socket in modeltest's text, on a machine with a
// network, a tunnel and a container bridge.
func openTo(t *testing.T, socket, advice string, addresses ...string) string {
	t.Helper()
	return openToWithin(t, 0, socket, advice, addresses...)
}

func openToWithin(t *testing.T, width int, socket, advice string, addresses ...string) string {
	t.Helper()
	snap := modeltest.Snapshot(t, 0, socket)
	snap.Interfaces[3] = untrusted.New("wlan0")
	snap.Addresses, snap.AddressInterfaces = nil, map[netip.Addr]untrusted.Text{}
	for _, a := range append([]string{"127.0.0.1 lo", "192.168.1.20 wlan0", "::1 lo", "fd00::5 tun0", "fe80::1 wlan0"}, addresses...) {
		text, name, _ := strings.Cut(a, " ")
		addr := netip.MustParseAddr(text)
		snap.Addresses = append(snap.Addresses, addr)
		if name != "" {
			snap.AddressInterfaces[addr] = untrusted.New(name)
		}
	}
	s := &snap.Sockets[0]
	r := &model.Row{Socket: s, Snapshot: snap, Reach: model.ReachOf(snap, s, nil)}
	if strings.Contains(socket, "pid:62") {
		r.Debugger = "delve"
	}
	var lines []string
	for i, l := range OpenTo(r, advice, width) {
		if danger := l[0].Role == style.Danger; width == 0 && danger != (r.Exposed() && i == 0) {
			t.Errorf("%s: line %d has role %d", socket, i, l[0].Role)
		}
		lines = append(lines, l.String())
	}
	return strings.Join(lines, "\n")
}

func TestOpenTo(t *testing.T) {
	unknown := "keep it here: bind to 127.0.0.1 in its source or settings"
	for _, c := range []struct {
		socket, advice string
		want           []string
	}{
		{"1 tcp LISTEN [::]:3000 dual pid:7", "", []string{
			"every machine that can reach this one  ⚠",
			"http://192.168.1.20:3000  wlan0", "http://[fd00::5]:3000     tun0", "http://localhost:3000     this machine", unknown,
		}},
		{"1 tcp LISTEN 0.0.0.0:8000 pid:7", "manage.py runserver 127.0.0.1:PORT", []string{
			"every machine that can reach this one over IPv4  ⚠",
			"http://192.168.1.20:8000  wlan0", "http://localhost:8000     this machine",
			"keep it here: manage.py runserver 127.0.0.1:8000",
		}},
		{"1 tcp LISTEN [::]:8443 v6only pid:7", "", []string{
			"every machine that can reach this one over IPv6  ⚠",
			"https://[fd00::5]:8443  tun0", "https://[::1]:8443      this machine", "keep it here: bind to ::1 in its source or settings",
		}},
		{"1 tcp LISTEN 127.0.0.1:4100 pid:7", "x", []string{"this machine only  http://localhost:4100"}},
		{"1 tcp LISTEN [::1]:5173 pid:7", "x", []string{"this machine only  http://[::1]:5173"}},
		{"1 tcp LISTEN 127.0.0.2:4100 pid:7", "x", []string{"this machine only  http://127.0.0.2:4100"}},
		{"1 tcp LISTEN 0.0.0.0:4100 dev:1 pid:7", "x", []string{"this machine only  http://localhost:4100"}},
		{"1 tcp LISTEN 127.0.0.1:6379 pid:7", "x", []string{"this machine only  127.0.0.1:6379"}},
		{"1 tcp LISTEN 192.168.1.20:3000 pid:7", "", []string{
			"every machine that can reach 192.168.1.20  ⚠", "http://192.168.1.20:3000  wlan0", unknown,
		}},
		{"1 tcp LISTEN [fe80::1]:3000 pid:7", "vite --host 127.0.0.1", []string{
			"every machine that can reach fe80::1  ⚠", "[fe80::1]:3000  wlan0", "keep it here: vite --host 127.0.0.1",
		}},
		// Bound to an interface, it is not reached over others, nor over loopback.
		{"1 tcp LISTEN [::]:3000 dual dev:3 pid:7", "", []string{
			"every machine that can reach wlan0  ⚠", "http://192.168.1.20:3000  wlan0", unknown,
		}},
		{"1 tcp LISTEN 0.0.0.0:5432 pid:7", "listen_addresses = 'localhost' in postgresql.conf", []string{
			"every machine that can reach this one over IPv4  ⚠", "192.168.1.20:5432  wlan0", "127.0.0.1:5432     this machine",
			"keep it here: listen_addresses = 'localhost' in postgresql.conf",
		}},
		{"1 tcp LISTEN 0.0.0.0:2345 pid:62", "dlv --listen=127.0.0.1:PORT", []string{
			"every machine that can reach this one over IPv4  ⚠", "192.168.1.20:2345  wlan0", "127.0.0.1:2345     this machine",
			"keep it here: dlv --listen=127.0.0.1:2345",
		}},
		{"1 udp UNCONN [::]:5353 dual pid:7", "", []string{
			"every machine that can reach this one  ⚠", "192.168.1.20:5353  wlan0", "[fd00::5]:5353     tun0", "127.0.0.1:5353     this machine", unknown,
		}},
		{"1 udp UNCONN 127.0.0.1:8125 pid:7", "", []string{"this machine only  127.0.0.1:8125"}},
		{"1 udp UNCONN 224.0.0.251:5353 pid:7", "", []string{"every machine that can reach the group 224.0.0.251  ⚠", unknown}},
		// Nobody is known who could be told to keep it here.
		{"1 tcp LISTEN 0.0.0.0:2049", "", []string{
			"every machine that can reach this one over IPv4  ⚠", "192.168.1.20:2049  wlan0", "127.0.0.1:2049     this machine",
		}},
		{"1 tcp BOUND 0.0.0.0:3000 pid:7", "", nil},
		{"1 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:50000 pid:7", "", nil},
	} {
		if got, want := openTo(t, c.socket, c.advice), strings.Join(c.want, "\n"); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", c.socket, got, want)
		}
	}
}

// A machine with containers has dozens of addresses; old recordings have no names of
// interfaces, and a name can be anything.
func TestOpenToManyAddresses(t *testing.T) {
	got := openTo(t, "1 tcp LISTEN [::]:3000 dual pid:7", "", "2001:db8::1 wlan0", "172.17.0.1 docker0", "172.18.0.1", "10.8.0.2 tun\x1b[2J", "10.9.0.2 x")
	want := strings.Join([]string{
		"every machine that can reach this one  ⚠", "http://192.168.1.20:3000  wlan0", "http://172.17.0.1:3000    docker0",
		"http://172.18.0.1:3000", `http://10.8.0.2:3000      tun\x1b[2J`, "and 3 more", "http://localhost:3000     this machine",
		"keep it here: bind to 127.0.0.1 in its source or settings",
	}, "\n")
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got := openTo(t, "1 tcp LISTEN 0.0.0.0:3000 dev:3 pid:7", "", "172.18.0.1"); !strings.Contains(got, "172.18.0.1") {
		t.Errorf("an address that may be of that interface is missing:\n%s", got)
	}
}

// In a narrow pane the names of networks give way, not the ports.
func TestOpenToNarrow(t *testing.T) {
	long := "fd12:3456:789a:1:aaaa:bbbb:cccc:dddd tun0"
	for width, want := range map[int][]string{
		35: {
			"every machine  ⚠", "http://192.168.1.20:3000  wlan0", "http://[fd00::5]:3000  tun0", "http://[fd1…aa:bbbb:cccc:dddd]:3000",
			"http://localhost:3000  this machine", "keep it here: bind to 127.0.0.1 in", "its source or settings",
		},
		24: {
			"every machine  ⚠", "http://192.168.1.20:3000", "http://[fd00::5]:3000", "http://…:cccc:dddd]:3000", "http://localhost:3000",
			"keep it here: bind to", "127.0.0.1 in its source", "or settings",
		},
		60: {
			"every machine that can reach this one  ⚠", "http://192.168.1.20:3000  wlan0", "http://[fd00::5]:3000     tun0",
			"http://[fd12:3456:789a:1:aaaa:bbbb:cccc:dddd]:3000  tun0", "http://localhost:3000     this machine",
			"keep it here: bind to 127.0.0.1 in its source or settings",
		},
	} {
		got := openToWithin(t, width, "1 tcp LISTEN [::]:3000 dual pid:7", "", long)
		if want := strings.Join(want, "\n"); got != want {
			t.Errorf("%d cells:\n%s\nwant\n%s", width, got, want)
		}
		for line := range strings.Lines(got) {
			if n := style.Width(strings.TrimSuffix(line, "\n")); n > width {
				t.Errorf("%d cells of %d: %s", n, width, line)
			}
		}
	}
}

func TestURL(t *testing.T) {
	for at, want := range map[string]string{
		"127.0.0.1:80": "http://localhost:80", "127.0.0.2:80": "http://127.0.0.2:80", "[::1]:443": "https://[::1]:443", "10.0.0.5:8443": "https://10.0.0.5:8443",
	} {
		if got := URL(netip.MustParseAddrPort(at)); got != want {
			t.Errorf("%s: %s, want %s", at, got, want)
		}
	}
	if got := AddrHere(&sockets.Socket{Local: netip.MustParseAddrPort("[::]:80"), V6: true, V6Only: sockets.Yes}); got.String() != "[::1]:80" {
		t.Errorf("IPv6 only is reached at %v", got)
	}
}
