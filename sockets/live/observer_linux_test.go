package live

import (
	"context"
	"net/netip"
	"os"
	"slices"
	"testing"

	"lotop/sockets"
	"lotop/sockets/socketstest"
)

// observer looks at the machine through a source, for a test.
type observer struct {
	t      testing.TB
	source sockets.Source
	sockets.Snapshot
}

func openObserver(t testing.TB, kind Kind) *observer {
	t.Helper()
	source, err := Open(Options{Kind: kind})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := source.Close(); err != nil {
			t.Error(err)
		}
	})
	return &observer{t: t, source: source}
}

// refresh reads again.
func (e *observer) refresh() {
	e.t.Helper()
	if err := e.source.Read(context.Background(), &e.Snapshot); err != nil {
		e.t.Fatal(err)
	}
}

// find lists the sockets with these addresses; IPv4-mapped ones are IPv4.
func (e *observer) find(network string, local, remote netip.AddrPort) []*sockets.Socket {
	protocol := sockets.TCP
	if network[:3] == "udp" {
		protocol = sockets.UDP
	}
	var all []*sockets.Socket
	for i := range e.Sockets {
		s := &e.Sockets[i]
		if s.Protocol == protocol && s.Local == unmapped(local) && s.Remote == unmapped(remote) {
			all = append(all, s)
		}
	}
	return all
}

// findOne is the only socket with these addresses.
func (e *observer) findOne(network string, local, remote netip.AddrPort) *sockets.Socket {
	e.t.Helper()
	all := e.find(network, local, remote)
	if len(all) != 1 {
		e.t.Fatalf("%s %v %v: %d sockets in the table", network, local, remote, len(all))
	}
	return all[0]
}

// mustFind is the socket of a child, which has to be there.
func (e *observer) mustFind(s socketstest.Sock) *sockets.Socket {
	e.t.Helper()
	for _, found := range e.find(s.Network, s.Local, s.Remote) {
		if found.Inode == s.Inode {
			return found
		}
	}
	e.t.Fatalf("%s %v %v, inode %d, is not in the table", s.Network, s.Local, s.Remote, s.Inode)
	return nil
}

// has reports whether the socket of a child is there.
func (e *observer) has(s socketstest.Sock) bool {
	return slices.ContainsFunc(e.find(s.Network, s.Local, s.Remote), func(found *sockets.Socket) bool { return found.Inode == s.Inode })
}

// checkOwned checks that the socket of a child is there, and that it is held as the
// others say, which are the same socket in other processes or under another
// descriptor; it returns the socket.
func (e *observer) checkOwned(s socketstest.Sock, others ...socketstest.Sock) *sockets.Socket {
	e.t.Helper()
	found := e.mustFind(s)
	e.checkOwners(found, append(others, s)...)
	return found
}

// checkOwners checks the owners of a socket.
func (e *observer) checkOwners(s *sockets.Socket, by ...socketstest.Sock) {
	e.t.Helper()
	var want []sockets.Owner
	for _, b := range by {
		want = append(want, sockets.Owner{PID: int32(b.PID), FD: int32(b.FD)})
	}
	slices.SortFunc(want, sockets.CompareOwners)
	if !slices.Equal(s.Owners, want) || s.NoOwner != sockets.NoReason {
		e.t.Errorf("%v is owned by %v, want %v; %v", s.Local, s.Owners, want, s.NoOwner)
	}
	for _, o := range want {
		if e.Process(o.PID) == nil {
			e.t.Errorf("%v: owner %d has no name", s.Local, o.PID)
		}
	}
}

// checkNoOwner checks that a socket has no owner, for that reason.
func (e *observer) checkNoOwner(s *sockets.Socket, why sockets.NoOwnerReason) {
	e.t.Helper()
	if len(s.Owners) != 0 || s.NoOwner != why {
		e.t.Errorf("%v %v: owned by %v, %v, want %v", s.State, s.Local, s.Owners, s.NoOwner, why)
	}
	// Newer kernels remember whose a socket was, except in TIME_WAIT; a 0 does
	// not tell root from nobody known.
	me := uint32(os.Geteuid())
	if e.Source == "sock_diag" && s.Inode == 0 && s.HasUID && (s.UID != me || s.UID == 0 || s.State == sockets.TimeWait) {
		e.t.Errorf("%v %v: belongs to uid %d", s.State, s.Local, s.UID)
	}
}

func unmapped(a netip.AddrPort) netip.AddrPort {
	if !a.IsValid() {
		return a
	}
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}

// warning is the one of that kind, or nil.
func (e *observer) warning(kind sockets.WarningKind) *sockets.Warning {
	for i := range e.Warnings {
		if e.Warnings[i].Kind == kind {
			return &e.Warnings[i]
		}
	}
	return nil
}

func openDiagSource(t testing.TB) sockets.Source {
	t.Helper()
	return openObserver(t, SockDiag).source
}

func readInto(t testing.TB, source sockets.Source, s *sockets.Snapshot) {
	t.Helper()
	if err := source.Read(context.Background(), s); err != nil {
		t.Fatal(err)
	}
}
