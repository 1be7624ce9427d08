package live

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io/fs"
	"net"
	"net/netip"

	"github.com/cakturk/go-netstat/netstat"

	"lotop/sockets"
	"lotop/sockets/process"
)

// netstatReader is the fallback where sock_diag is refused: gVisor, some seccomp
// profiles, WSL1. It reads /proc/net through go-netstat, which has less data (see
// netstatLimits) and is slow with more than a few thousand sockets.
type netstatReader struct {
	fallbackReason string // why sock_diag is not used, empty if this source was selected
	procReader     *process.Reader
	seed           maphash.Seed
	rights         rights
	ports          []sockets.PortRange // nil for all
}

const netstatLimits = "missing: sockets bound but not listening, accept queues, TIME_WAIT timers, " +
	"dual-stack flags, all but one owner"

func openNetstat(o Options, procReader *process.Reader, fallbackReason string) (tableReader, error) {
	n := &netstatReader{
		fallbackReason: fallbackReason, procReader: procReader, seed: maphash.MakeSeed(),
		rights: newRights(o.Proc), ports: o.Ports,
	}
	// Read once, so that a table which may not be read fails here.
	if _, err := netstat.TCPSocks(func(*netstat.SockTabEntry) bool { return false }); err != nil {
		return nil, fmt.Errorf("read /proc/net: %w", err)
	}
	return n, nil
}

func (n *netstatReader) close() {}

// netstatTables are the four readers of go-netstat. Their accept function is called
// for every line; the process of a line that it rejects is not looked up.
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
	hiddenOwners := 0
	seen := map[[2]netip.AddrPort]bool{}
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
			if !ok || isDuplicate(seen, &s) {
				continue
			}
			n.addOwner(&s, entries[i].Process, into.Processes)
			if s.NoOwner == sockets.OtherUser {
				hiddenOwners++
			}
			into.Sockets = append(into.Sockets, s)
		}
	}
	into.Warnings = append(into.Warnings, n.warnings(hiddenOwners)...)
	return nil
}

// isDuplicate reports whether a connection was in the table before. The kernel
// returns the table in pages and finds its position again by counting
// (tcp_seek_last_pos in tcp_ipv4.c), so a connection that opens meanwhile moves the
// last line of one page into the next.
func isDuplicate(seen map[[2]netip.AddrPort]bool, s *sockets.Socket) bool {
	if s.Protocol != sockets.TCP || !s.Connected() {
		return false // several sockets may be bound to one address
	}
	addresses := [2]netip.AddrPort{s.Local, s.Remote}
	duplicate := seen[addresses]
	seen[addresses] = true
	return duplicate
}

// matchesPorts reports whether a line of a table is wanted. It is called before the
// process of the line is looked up.
func (n *netstatReader) matchesPorts(e *netstat.SockTabEntry) bool {
	return len(n.ports) == 0 ||
		sockets.InRanges(n.ports, e.LocalAddr.Port) || sockets.InRanges(n.ports, e.RemoteAddr.Port)
}

func (n *netstatReader) warnings(hiddenOwners int) []sockets.Warning {
	text := "reading /proc/net"
	if n.fallbackReason != "" {
		text += " because sock_diag is not available (" + n.fallbackReason + ")"
	}
	all := []sockets.Warning{{Kind: sockets.FallbackSource, Text: text + "; " + netstatLimits}}
	if hiddenOwners > 0 {
		all = append(all, n.rights.hiddenOwners(hiddenOwners))
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
	// A UID of 0 is root only if the socket must have a user: the table also has 0
	// for sockets without one.
	s.HasUID = e.UID != 0 || s.State == sockets.Listen || s.State == sockets.Unconn || e.Process != nil
	return s, true
}

// addOwner sets the owner of s, or the reason for none, and its ID.
func (n *netstatReader) addOwner(s *sockets.Socket, p *netstat.Process, processes map[int32]*process.Process) {
	var pid int32
	switch {
	case p != nil:
		pid = int32(p.Pid)
		s.Owners = []sockets.Owner{{PID: pid, FD: -1}}
		if processes[pid] == nil {
			if owner, err := n.procReader.Read(int(pid)); err == nil {
				processes[pid] = owner
			}
		}
	case s.State == sockets.TimeWait:
		s.NoOwner = sockets.InTimeWait
	case s.HasUID && !n.rights.reads(s.UID):
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
