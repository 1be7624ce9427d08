package program

import (
	"net/netip"
	"strings"
	"testing"
	"unicode"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// FuzzProgram gives hostile command lines to everything. Nothing panics, no text can
// control a terminal, and the same arguments give the same answer.
func FuzzProgram(f *testing.F) {
	for _, c := range forwardTests {
		p := command("x", c.line)
		f.Add("x", strings.Join(p.Args, "\x00"), netip.MustParseAddrPort(c.at).Port(), false)
	}
	for _, c := range restarterTests {
		f.Add("MainThread", strings.Join(command("x", c.child).Args, "\x00"), uint16(80), true)
		for _, line := range c.parents {
			f.Add("node", strings.Join(command("x", line).Args, "\x00"), uint16(80), true)
		}
	}
	f.Add("a\x1bb: c", "npm run \x1b[2J", uint16(1), false)
	f.Fuzz(func(t *testing.T, name, line string, port uint16, udp bool) {
		p := &process.Process{PID: 7, Name: untrusted.New(name), Args: strings.Split(line, "\x00")}
		s := &sockets.Socket{Protocol: sockets.TCP, State: sockets.Listen, Local: netip.AddrPortFrom(netip.IPv4Unspecified(), port)}
		if udp {
			s.Protocol, s.State = sockets.UDP, sockets.Unconn
		}
		forward, ok := ForwardOf(p, s)
		if ok != (forward.Kind != NoForward) {
			t.Errorf("%t of kind %v", ok, forward.Kind)
		}
		find := func(int32) *process.Process { return p }
		for _, text := range []untrusted.Text{Name(p), NameUnder(p, p), Note(p, p), Leads(p, find), forward.To} {
			if i := strings.IndexFunc(text.String(), unicode.IsControl); i >= 0 {
				t.Errorf("%q has a control character at %d", text.String(), i)
			}
		}
		if got := Restarter(p, []*process.Process{p, p}); got != nil && got != p {
			t.Errorf("%v is none of the parents", got)
		}
	})
}

// TestSecretsStayOut puts a password everywhere where programs take one.
func TestSecretsStayOut(t *testing.T) {
	const secret = "hunter2"
	for _, line := range []string{
		"node server.js --password hunter2", "node --title hunter2 server.js", "python3 -m http.server --auth hunter2",
		"node /usr/bin/npm --otp hunter2 publish", "node /usr/bin/npm --//registry/:_authToken hunter2 run dev",
		"java -Dpassword=hunter2 -jar app.jar hunter2", "npm run dev -- --token hunter2 | ",
		"ssh -o | ProxyCommand=x hunter2 | -L80:db:80 | web", "kubectl --token hunter2 port-forward svc/web 80",
		"socat TCP-LISTEN:80 PROXY:p:db:1,proxyauth=ada:hunter2", "socat | TCP-LISTEN:80 | SYSTEM:x --password hunter2",
		"chisel client --auth ada:hunter2 https://ada:hunter2@tun 80:db:80",
		"cloudflared access tcp --service-token-secret hunter2 --hostname https://a:hunter2@db?x=hunter2 --url 127.0.0.1:80",
		`session-manager-plugin | {"TokenValue":"hunter2"} | r | StartSession | p | {"Target":"i","Parameters":{"portNumber":["80"],"localPortNumber":["80"],"x":["hunter2"]}}`,
		"redis-server-wit hunter2 | ", "postgres: hunter2 | ",
	} {
		p := command("redis-server-wi", line)
		forward, _ := ForwardOf(p, listening("127.0.0.1:80"))
		if text := Name(p).Raw() + forward.To.Raw(); strings.Contains(text, secret) {
			t.Errorf("%s: %q has the secret", line, text)
		}
	}
}
