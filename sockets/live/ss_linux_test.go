package live

import (
	"cmp"
	"fmt"
	"net/netip"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"lotop/sockets"
	"lotop/sockets/socketstest"
)

// Every socket that the test makes is listed by ss in the same words. Queues are
// compared where no data moves by itself.
func TestMatchesSS(t *testing.T) {
	if _, err := exec.LookPath("ss"); err != nil {
		t.Skip("no ss to compare with: ", err)
	}
	ports := map[uint16]bool{}
	p := socketstest.Start(t, socketstest.Name("one"))
	for _, shape := range shapes() {
		if shape.want.State != sockets.Bound { // ss shows these only when asked for nothing else
			ports[shape.open(p).Local.Port()] = true
		}
	}
	l := p.Listen("tcp4", "127.0.0.1:0", socketstest.Backlog(3))
	ports[l.Local.Port()] = true
	socketstest.NotAccepted(t, l)
	wide := p.Listen("tcp6", "[::]:0", socketstest.DualStack)
	ports[wide.Local.Port()] = true
	p.Dial(netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), wide.Local.Port()).String())
	p.Fork([]socketstest.Sock{p.Accept(wide), l, l})
	for _, state := range []socketstest.State{
		socketstest.StateTimeWait, socketstest.StateFinWait2, socketstest.StateCloseWait, socketstest.StateFinWait1, socketstest.StateLastAck,
	} {
		ports[socketstest.InState(t, state, "127.0.0.1:0").Local.Port()] = true
		ports[socketstest.InState(t, state, "[::1]:0").Local.Port()] = true
	}

	e := openObserver(t, SockDiag)
	e.refresh()
	out, err := exec.Command("ss", "-tunaHp").Output()
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for i := range e.Sockets {
		if s := &e.Sockets[i]; s.State != sockets.Bound && (ports[s.Local.Port()] || ports[s.Remote.Port()]) {
			got = append(got, asSS(s))
		}
	}
	for line := range strings.Lines(string(out)) {
		if local, row := parseSS(line); ports[local] || ports[remoteOfSS(row)] {
			want = append(want, row)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := gocmp.Diff(want, got); diff != "" || len(want) < len(ports) {
		t.Errorf("%d rows of ss, %d own (-ss +own):\n%s", len(want), len(got), diff)
	}
}

var ssStates = map[sockets.State]string{
	sockets.Established: "ESTAB", sockets.SynSent: "SYN-SENT", sockets.SynRecv: "SYN-RECV", sockets.FinWait1: "FIN-WAIT-1", sockets.FinWait2: "FIN-WAIT-2", sockets.TimeWait: "TIME-WAIT",
	sockets.CloseWait: "CLOSE-WAIT", sockets.LastAck: "LAST-ACK", sockets.Listen: "LISTEN", sockets.Closing: "CLOSING", sockets.Unconn: "UNCONN",
}

// asSS writes a socket as ss does, with single spaces and the owners as pid:fd.
func asSS(s *sockets.Socket) string {
	remote := ssAddr(s, s.Remote)
	if !s.Connected() {
		remote = ssAddr(s, netip.AddrPortFrom(netip.IPv4Unspecified(), 0))
		if s.V6 {
			remote = ssAddr(s, netip.AddrPortFrom(netip.IPv6Unspecified(), 0))
		}
	}
	owners := make([]string, 0, len(s.Owners))
	for _, o := range s.Owners {
		owners = append(owners, fmt.Sprintf("%d:%d", o.PID, o.FD))
	}
	slices.Sort(owners)
	queues := "- -"
	if !s.Connected() {
		queues = fmt.Sprint(s.RecvQueue, " ", s.SendQueue)
	}
	return fmt.Sprintf("%v %s %s %s %s %v", s.Protocol, cmp.Or(ssStates[s.State], "?"), queues, ssAddr(s, s.Local), remote, owners)
}

// ssAddr: ss writes * for an IPv6 wildcard that takes IPv4 too, which it takes
// every UDP and every connected socket for of which the kernel does not tell.
func ssAddr(s *sockets.Socket, a netip.AddrPort) string {
	port := fmt.Sprint(a.Port())
	if a.Port() == 0 {
		port = "*"
	}
	switch {
	case s.V6 && a.Addr() == netip.IPv6Unspecified() && s.V6Only != sockets.Yes:
		return "*:" + port
	case s.V4Mapped && a.Addr().Is4():
		return "[::ffff:" + a.Addr().String() + "]:" + port
	case a.Addr().Is6():
		return "[" + a.Addr().String() + "]:" + port
	}
	return a.Addr().String() + ":" + port
}

var ssOwner = regexp.MustCompile(`pid=(\d+),fd=(\d+)`)

// parseSS gives the row as asSS writes it, and its local port.
func parseSS(line string) (port uint16, row string) {
	fields := strings.Fields(line)
	if len(fields) < 6 {
		return 0, line
	}
	owners := []string{}
	for _, m := range ssOwner.FindAllStringSubmatch(line, -1) {
		owners = append(owners, m[1]+":"+m[2])
	}
	slices.Sort(owners)
	if fields[1] != "LISTEN" && fields[1] != "UNCONN" {
		fields[2], fields[3] = "-", "-"
	}
	return portOf(fields[4]), strings.Join(fields[:6], " ") + " " + fmt.Sprint(owners)
}

func remoteOfSS(row string) uint16 {
	if fields := strings.Fields(row); len(fields) >= 6 {
		return portOf(fields[5])
	}
	return 0
}

func portOf(address string) uint16 {
	var port uint16
	if _, err := fmt.Sscan(address[strings.LastIndexByte(address, ':')+1:], &port); err != nil {
		return 0 // it is *
	}
	return port
}
