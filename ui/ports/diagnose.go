package ports

import (
	"context"
	"net/netip"
	"os"
	"runtime"
	"slices"

	"lotop/model"
	"lotop/model/bind"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/sockets/access"
	"lotop/sockets/probe"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// Diagnose finds out whether a target can be bound, and what is in the way. The
// tables are read before and after the kernel is asked; if they differ, the
// answers may belong to neither, and it asks again.
// Where a listener covers an address, it is the answer and is not connected to, unless
// connect asks for that.
func (f *Service) Diagnose(ctx context.Context, target bind.Target, connect bool) (bind.Diagnosis, error) {
	e, _, err := f.collect(ctx, target)
	if err != nil {
		return bind.Diagnosis{}, err
	}
	e.Connects = connectResults(ctx, e, connect)
	return bind.Diagnose(*e), nil
}

// collect collects the evidence but for the connections, and the tables that it
// was taken from.
func (f *Service) collect(ctx context.Context, target bind.Target) (*bind.Evidence, *track.Tracker, error) {
	const tries = 5
	source, err := f.Open()
	if err != nil {
		return nil, nil, err
	}
	defer source.Close()
	e := &bind.Evidence{Target: target}
	before, err := readTracker(ctx, source)
	if err != nil {
		return nil, nil, err
	}
	for range tries {
		e.Rows = before.ByPort(target.Protocol, target.Port)
		e.Options = f.optionsOf(e.Rows)
		e.Platform.OS = runtime.GOOS                                // Unsettled asks by its rules
		e.Binds, e.Probes = probeBinds(target, target.Binds()), nil // Unsettled must not see the last round's
		e.Probes = probeBinds(target, e.MoreProbes())
		var after sockets.Snapshot
		if err := source.Read(ctx, &after); err != nil {
			return nil, nil, err
		}
		if sameSockets(e.Rows, after.Sockets, target) {
			break
		}
		before = newTracker(&after)
	}
	e.Platform = readPlatform(before.Snapshot(), target.Port)
	e.Platform.Excluded = excludedPorts(e)
	f.findDelegations(ctx, e)
	return e, before, nil
}

func readTracker(ctx context.Context, source sockets.Source) (*track.Tracker, error) {
	var snap sockets.Snapshot
	if err := source.Read(ctx, &snap); err != nil {
		return nil, err
	}
	return newTracker(&snap), nil
}

func newTracker(snap *sockets.Snapshot) *track.Tracker {
	m := track.New()
	m.Update(snap)
	return m
}

func (f *Service) optionsOf(rows []model.Row) map[sockets.ID]sockets.SocketOptions {
	all := map[sockets.ID]sockets.SocketOptions{}
	for i := range rows {
		s := rows[i].Socket
		all[s.ID] = f.options(s)
	}
	return all
}

// probeBinds tries each bind twice, without and with SO_REUSEADDR.
func probeBinds(t bind.Target, binds []bind.Bind) []bind.BindResult {
	all := make([]bind.BindResult, 0, len(binds))
	for _, b := range binds {
		all = append(all, bind.BindResult{Bind: b, Plain: probeBind(t, b, false), Reuse: probeBind(t, b, true)})
	}
	return all
}

func probeBind(t bind.Target, b bind.Bind, reuse bool) bind.BindStatus {
	err := probe.Bind(t.Protocol, netip.AddrPortFrom(b.Host, t.Port), probe.BindOptions{ReuseAddr: reuse, DualStack: !b.V6Only})
	return bind.BindStatus(probe.ErrnoName(err))
}

// sameSockets reports whether the same sockets use the port as before.
func sameSockets(before []model.Row, now []sockets.Socket, t bind.Target) bool {
	for i := range now {
		s := &now[i]
		if s.Protocol != t.Protocol || s.Local.Port() != t.Port {
			continue
		}
		if len(before) == 0 || before[0].Socket.ID != s.ID || before[0].Socket.State != s.State {
			return false
		}
		before = before[1:]
	}
	return len(before) == 0
}

// connectResults says what a client meets at the addresses where it would look for
// the target. A listener is not connected to unless always says so: a server that
// serves once would be done, and one with many workers would lose one for a while.
func connectResults(ctx context.Context, e *bind.Evidence, always bool) []bind.ConnectResult {
	t := e.Target
	if t.Protocol != sockets.TCP {
		return nil // an unanswered datagram proves nothing
	}
	var all []bind.ConnectResult
	for _, host := range t.Hosts {
		if host.IsUnspecified() {
			if !t.SingleHost() {
				continue // the loopback addresses stand for it
			}
			host = sockets.LoopbackOf(host)
		}
		if notLocal(e.Binds, host) {
			continue // nothing may leave this machine
		}
		c, listens := e.ListeningResult(host)
		if always || !listens {
			c = bind.ConnectResult{Host: host, Status: probe.Connect(ctx, netip.AddrPortFrom(host, t.Port)), Queue: c.Queue}
		}
		all = append(all, c)
	}
	return all
}

// notLocal reports whether the kernel has refused an address as none of this
// machine's.
func notLocal(binds []bind.BindResult, host netip.Addr) bool {
	return slices.ContainsFunc(binds, func(a bind.BindResult) bool { return a.Host == host && a.Plain == "EADDRNOTAVAIL" })
}

func readPlatform(snap *sockets.Snapshot, port uint16) bind.Platform {
	r, mine := probe.ReadPortRanges(), access.New("")
	return bind.Platform{
		Ephemeral:     r.Ephemeral,
		Reserved:      r.IsReserved(port),
		ReservedPorts: r.Reserved,
		Unprivileged:  r.FirstUnprivileged,
		Addresses:     snap.Addresses,
		Root:          mine.Allows(access.CloseSockets),
		UID:           mine.UID(),
		Partial:       snap.Source == "netstat" || snap.Source == "iphlpapi",
		OS:            runtime.GOOS,
	}
}

// excludedPorts lists the reserved ranges of Windows. They cost the run of a program,
// so they are asked for where an answer may be about them.
func excludedPorts(e *bind.Evidence) []sockets.PortRange {
	var all []sockets.PortRange
	var told [2]bool
	for _, a := range e.Binds {
		six := 0
		if a.Host.Is6() {
			six = 1
		}
		if a.Plain == bind.BindDenied && !told[six] {
			told[six] = true
			all = append(all, probe.ExcludedPorts(e.Target.Protocol, six == 1)...)
		}
	}
	return all
}

// findDelegations finds the unit or container for which systemd or a proxy has the port.
func (f *Service) findDelegations(ctx context.Context, e *bind.Evidence) {
	e.Delegations = bind.Delegations{Units: map[int]bind.SocketUnit{}, Proxies: map[int]bind.Container{}}
	looked := map[int]bool{}
	for i := range e.Rows {
		r := &e.Rows[i]
		if r.Socket.Connected() {
			continue
		}
		for _, p := range r.Owners(r.Socket) {
			if looked[p.PID] {
				continue
			}
			looked[p.PID] = true
			if u, ok := f.socketUnit(p, e.Target); ok {
				e.Units[p.PID] = u
			}
			if c, ok := f.publishedContainer(ctx, p, e.Target); ok {
				e.Proxies[p.PID] = c
			}
		}
	}
}

// socketUnit finds the socket unit for which systemd holds a port: the system's
// for init, a user's for the systemd of that user.
func (f *Service) socketUnit(p *process.Process, t bind.Target) (bind.SocketUnit, bool) {
	u := bind.SocketUnit{User: p.PID != 1}
	if u.User && p.Name.String() != "systemd" {
		return u, false
	}
	folders := f.UnitPaths
	switch {
	case folders != nil:
	case u.User:
		folders = process.UserUnitPaths(os.Getenv("HOME"))
	default:
		folders = process.UnitPaths()
	}
	u.Name = process.SocketUnit(folders, t.Protocol.String(), t.Port)
	return u, untrusted.IsShellWord(u.Name)
}

// DiagnoseNoConnect is Diagnose without connecting to anyone: a look at a row must not
// bother the server behind it.
func (f *Service) DiagnoseNoConnect(ctx context.Context, target bind.Target) (bind.Diagnosis, error) {
	d, _, err := f.diagnose(ctx, target)
	return d, err
}
