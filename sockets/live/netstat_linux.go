package live

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io/fs"
	"net"
	"net/netip"
	"os"

	"github.com/cakturk/go-netstat/netstat"

	"lotop/sockets"
	"lotop/sockets/process"
)

// netstatReader is the second source, for where sock_diag is refused: gVisor,
// some seccomp profiles, WSL1. It reads /proc/net through go-netstat, which
// tells less (see poorer) and gets slow beyond a few thousand sockets.
type netstatReader struct {
	fallbackReason string // fallbackReason sock_diag is not used, empty if this source was asked for
	procReader     *process.Reader
	seed           maphash.Seed
	euid           uint32
	ports          []sockets.PortRange // nil for all
}

const netstatLimits = "missing: sockets bound but not listening, accept queues, TIME_WAIT timers, dual-stack flags, all but one owner"

func openNetstat(who *process.Reader, only []sockets.PortRange, why string) (tableReader, error) {
	n := &netstatReader{ports: only, fallbackReason: why, procReader: who, seed: maphash.MakeSeed(), euid: uint32(os.Geteuid())}
	// A table that nobody may read shows at once, before there is a screen.
	if _, err := netstat.TCPSocks(func(*netstat.SockTabEntry) bool { return false }); err != nil {
		return nil, fmt.Errorf("read /proc/net: %w", err)
	}
	return n, nil
}

func (n *netstatReader) close() {}

// netstatTables are go-netstat's four readers. Their accept function sees
// every line; what it refuses is not looked up.
var netstatTables = [...]struct {
	read     func(netstat.AcceptFn) ([]netstat.SockTabEntry, error)
	protocol sockets.Protocol
	v6       bool
}{
	{netstat.TCPSocks, sockets.TCP, false},
	{netstat.TCP6Socks, sockets.TCP, true},
	{netstat.UDPSocks, sockets.UDP, false},
	{netstat.UDP6Socks, sockets.UDP, true},
}

func (n *netstatReader) read(ctx context.Context, into *sockets.Snapshot) error {
	into.Source = "netstat"
	into.Processes = map[int32]*process.Process{}
	hidden := 0
	read := map[[2]netip.AddrPort]bool{}
	for _, t := range netstatTables {
		if err := ctx.Err(); err != nil {
			return err
		}
		entries, err := t.read(n.matchesPorts)
		if t.v6 && errors.Is(err, fs.ErrNotExist) {
			continue // this system has no IPv6
		}
		if err != nil {
			return fmt.Errorf("read /proc/net: %w", err)
		}
		for i := range entries {
			s, ok := n.socket(&entries[i], t.protocol, t.v6)
			if !ok || isDuplicate(read, &s) {
				continue
			}
			n.addOwner(&s, entries[i].Process, into.Processes)
			if s.NoOwner == sockets.OtherUser {
				hidden++
			}
			into.Sockets = append(into.Sockets, s)
		}
	}
	into.Warnings = append(into.Warnings, n.warnings(hidden)...)
	return nil
}

// isDuplicate reports whether a connection is in the table a second time. The kernel
// hands out its table a page at a time and finds the place again by counting
// (tcp_seek_last_pos in tcp_ipv4.c), so what opens meanwhile moves the last line
// of one page into the next as well.
func isDuplicate(read map[[2]netip.AddrPort]bool, s *sockets.Socket) bool {
	if s.Protocol != sockets.TCP || !s.Connected() {
		return false // several may be bound to one address
	}
	ends := [2]netip.AddrPort{s.Local, s.Remote}
	again := read[ends]
	read[ends] = true
	return again
}

// matchesPorts is asked about every line of a table, before its process is looked up.
func (n *netstatReader) matchesPorts(e *netstat.SockTabEntry) bool {
	return len(n.ports) == 0 || sockets.InRanges(n.ports, e.LocalAddr.Port) || sockets.InRanges(n.ports, e.RemoteAddr.Port)
}

func (n *netstatReader) warnings(hidden int) []sockets.Warning {
	text := "reading /proc/net"
	if n.fallbackReason != "" {
		text += " because sock_diag is not available (" + n.fallbackReason + ")"
	}
	all := []sockets.Warning{{Kind: sockets.FallbackSource, Text: text + "; " + netstatLimits}}
	if hidden > 0 {
		all = append(all, hiddenOwnersWarning(hidden))
	}
	return all
}

func (n *netstatReader) socket(e *netstat.SockTabEntry, protocol sockets.Protocol, v6 bool) (sockets.Socket, bool) {
	local, mapped, ok1 := netstatAddr(e.LocalAddr)
	remote, _, ok2 := netstatAddr(e.RemoteAddr)
	if !ok1 || !ok2 {
		return sockets.Socket{}, false
	}
	s := sockets.Socket{Protocol: protocol, Local: local, V6: v6, V4Mapped: mapped, UID: e.UID}
	if remote.Port() != 0 || !remote.Addr().IsUnspecified() {
		s.Remote = remote
	}
	s.State = sockets.StateOf(sockets.State(e.State), protocol, s.Connected())
	// The table says 0 for a socket without user, too. Only where there must be
	// one is 0 root.
	s.HasUID = e.UID != 0 || s.State == sockets.Listen || s.State == sockets.Unconn || e.Process != nil
	return s, true
}

// addOwner gives s its one owner, or the reason for none, and its ID.
func (n *netstatReader) addOwner(s *sockets.Socket, p *netstat.Process, known map[int32]*process.Process) {
	var pid int32
	switch {
	case p != nil:
		pid = int32(p.Pid)
		s.Owners = []sockets.Owner{{PID: pid, FD: -1}}
		if known[pid] == nil {
			if who, err := n.procReader.Read(int(pid)); err == nil {
				known[pid] = who
			}
		}
	case s.State == sockets.TimeWait:
		s.NoOwner = sockets.InTimeWait
	case s.HasUID && n.euid != 0 && s.UID != n.euid:
		s.NoOwner = sockets.OtherUser
	default:
		s.NoOwner = sockets.NotLookedUp
	}
	// Comparable hashes a struct's fields, so the same socket has the same ID
	// in every snapshot of this source.
	s.ID = sockets.ID(maphash.Comparable(n.seed, struct {
		local, remote netip.AddrPort
		protocol      sockets.Protocol
		pid           int32
	}{s.Local, s.Remote, s.Protocol, pid}))
}

func netstatAddr(a *netstat.SockAddr) (_ netip.AddrPort, mapped, ok bool) {
	if a == nil {
		return netip.AddrPort{}, false, false
	}
	addr, ok := netip.AddrFromSlice([]byte(net.IP(a.IP)))
	if !ok {
		return netip.AddrPort{}, false, false
	}
	mapped = addr.Is4In6()
	return netip.AddrPortFrom(addr.Unmap(), a.Port), mapped, true
}
