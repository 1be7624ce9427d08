package bind

import (
	"net/netip"
	"strings"
	"testing"

	"lotop/model/modeltest"
	"lotop/model/track"
	"lotop/sockets"
)

// macBinds are the binds of the tables below, in the order of their columns.
var macBinds = []Bind{
	{Host: netip.MustParseAddr("127.0.0.1")},
	{Host: netip.IPv4Unspecified()},
	{Host: netip.IPv6Loopback()},
	{Host: netip.IPv6Unspecified()},
	{Host: netip.IPv6Unspecified(), V6Only: true},
}

// macEvidence is evidence about port 3000, tested by user 501, without binds.
func macEvidence(t *testing.T, table string) Evidence {
	t.Helper()
	m := track.New()
	m.Update(modeltest.Snapshot(t, 0, table))
	return Evidence{
		Target: Target{Protocol: sockets.TCP, Port: 3000, Hosts: AnyHost()},
		Rows:   m.ByPort(sockets.TCP, 3000), Platform: Platform{OS: "darwin", UID: 501, Unprivileged: 1024},
	}
}

// Each socket is the only one. X blocks, ? may, and the columns are macBinds.
func TestRulesOfMacOS(t *testing.T) {
	const mine, theirs = " uid:501", " uid:502"
	for _, c := range []struct{ socket, plain, reuse string }{
		{"LISTEN 127.0.0.1:3000" + mine, "XX.X.", "X...."},
		{"LISTEN 0.0.0.0:3000" + mine, "XX...", ".X..."}, // "::" may come to it
		{"LISTEN [::1]:3000 v6only" + mine, "..XXX", "..X.."},
		{"LISTEN [::]:3000 v6only" + mine, "..XXX", "...XX"},
		{"LISTEN [::]:3000 dual" + mine, "XXXXX", ".X.XX"}, // but 0.0.0.0 not to it
		{"LISTEN 0.0.0.0:3000 mapped" + mine, "XX.X.", ".X.X."},
		{"LISTEN 127.0.0.1:3000 mapped" + mine, "XX.X.", "X...."},
		{"LISTEN 192.168.1.5:3000" + mine, ".X.X.", "....."},
		{"BOUND 127.0.0.1:3000" + mine, "XX.X.", "X...."},
		{"ESTABLISHED 127.0.0.1:3000 127.0.0.1:50000" + mine, "XX.X.", "....."},
		{"ESTABLISHED [::1]:3000 [::1]:50000 v6only" + mine, "..XXX", "....."},
		{"SYN_RECV 127.0.0.1:3000 127.0.0.1:50000" + mine, "XX.X.", "....."},
		{"TIME_WAIT 127.0.0.1:3000 127.0.0.1:50000" + mine, "XX.X.", "....."},
		{"TIME_WAIT 127.0.0.1:3000 127.0.0.1:50000", "XX.X.", "??.?."}, // its user is not known
		{"LISTEN 127.0.0.1:3000" + theirs, "XX.X.", "XX.X."},
		{"LISTEN 0.0.0.0:3000" + theirs, "XX...", "XX..."},
		{"LISTEN [::]:3000 dual" + theirs, "XXXXX", "XXXXX"},
		{"LISTEN [::]:3000 v6only" + theirs, "..XXX", "..XXX"},
		{"ESTABLISHED 127.0.0.1:3000 127.0.0.1:50000" + theirs, "XX.X.", "XX.X."},
	} {
		e := macEvidence(t, "1 tcp "+c.socket)
		if plain, reuse := columns(&e, false), columns(&e, true); plain != c.plain || reuse != c.reuse {
			t.Errorf("%s: plain %s, reuse %s", c.socket, plain, reuse)
		}
	}
}

// columns returns which of macBinds the socket blocks.
func columns(e *Evidence, reuse bool) string {
	var b strings.Builder
	for _, bind := range macBinds {
		b.WriteByte(".?X"[e.blocksMac(e.Rows[0].Socket, bind, reuse)])
	}
	return b.String()
}

// That a socket is another user's does not matter to root, nor to a dual-stack bind if it
// is an IPv4 socket with SO_REUSEPORT.
func TestOtherUsersMac(t *testing.T) {
	e := macEvidence(t, "1 tcp LISTEN 127.0.0.1:3000 uid:502")
	e.Options = map[sockets.ID]sockets.SocketOptions{1: {ReusePort: sockets.Yes}}
	if got := columns(&e, true); got != "XX..." {
		t.Errorf("with SO_REUSEPORT: %s", got)
	}
	if got := columns(&e, false); got != "XX.X." {
		t.Errorf("with SO_REUSEPORT, plain: %s", got)
	}
	e.Options, e.Platform.UID = nil, 0
	if got := columns(&e, true); got != "X...." {
		t.Errorf("for root: %s", got)
	}
}
