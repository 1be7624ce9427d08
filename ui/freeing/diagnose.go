package freeing

import (
	"context"
	"net/netip"
	"os"
	"slices"

	"lotop/model"
	"lotop/sockets"
	"lotop/sockets/process"
)

// Diagnose finds out whether a target can be bound, and what is in the way. The
// tables are read before and after the kernel is asked; if they differ, the
// answers may belong to neither, and it asks again.
func (f *Freer) Diagnose(ctx context.Context, target model.Target) (model.Diagnosis, error) {
	source, err := f.Open()
	if err != nil {
		return model.Diagnosis{}, err
	}
	defer source.Close()
	e := model.Evidence{Target: target}
	const tries = 5
	for range tries {
		before, err := look(ctx, source)
		if err != nil {
			return model.Diagnosis{}, err
		}
		e.Rows = before.OnPort(target.Protocol, target.Port)
		e.Options = optionsOf(e.Rows)
		e.Binds = ask(target)
		after, err := look(ctx, source)
		if err != nil {
			return model.Diagnosis{}, err
		}
		e.System = system(after.Snapshot(), target.Port)
		if same(e.Rows, after.OnPort(target.Protocol, target.Port)) {
			break
		}
	}
	e.Connects = connects(ctx, &e)
	f.lookBehind(ctx, &e)
	return model.Diagnose(e), nil
}

func look(ctx context.Context, source sockets.Source) (*model.Monitor, error) {
	var snap sockets.Snapshot
	if err := source.Read(ctx, &snap); err != nil {
		return nil, err
	}
	m := model.NewMonitor()
	m.Advance(&snap)
	return m, nil
}

func optionsOf(rows []model.Row) map[sockets.ID]sockets.SocketOptions {
	all := map[sockets.ID]sockets.SocketOptions{}
	for i := range rows {
		s := rows[i].Socket
		all[s.ID] = sockets.OptionsOf(s)
	}
	return all
}

// ask binds every address of the target twice, without and with SO_REUSEADDR.
func ask(t model.Target) []model.Asked {
	all := make([]model.Asked, 0, len(t.Hosts))
	for _, host := range t.Hosts {
		at := netip.AddrPortFrom(host, t.Port)
		opt := sockets.BindOptions{DualStack: !t.V6Only}
		a := model.Asked{Host: host, Plain: model.Answer(sockets.Answer(sockets.TryBind(t.Protocol, at, opt)))}
		opt.ReuseAddr = true
		a.Reuse = model.Answer(sockets.Answer(sockets.TryBind(t.Protocol, at, opt)))
		all = append(all, a)
	}
	return all
}

func same(before, after []model.Row) bool {
	return slices.EqualFunc(before, after, func(a, b model.Row) bool {
		return a.Socket.ID == b.Socket.ID && a.Socket.State == b.Socket.State
	})
}

// connects tries the addresses at which a client would look for the target. A
// listener that leaves connections waiting is not given another one: it would
// stay in the queue, and the queue is what is in trouble.
func connects(ctx context.Context, e *model.Evidence) []model.Connect {
	t := e.Target
	if t.Protocol != sockets.TCP {
		return nil // a datagram that nobody answers proves nothing
	}
	var all []model.Connect
	for _, host := range t.Hosts {
		if host.IsUnspecified() {
			if !t.Names() {
				continue // the loopback addresses stand for it
			}
			host = loopbackOf(host)
		}
		c := model.Connect{Host: host}
		switch l := e.Answering(host); {
		case l == nil || l.Socket.RecvQueue == 0:
			c.Result = sockets.TryConnect(ctx, netip.AddrPortFrom(host, t.Port))
		case l.Socket.RecvQueue > l.Socket.SendQueue:
			c.Result = "timeout" // the queue is full
		default:
			c.Result = "open"
		}
		all = append(all, c)
	}
	return all
}

func loopbackOf(a netip.Addr) netip.Addr {
	if a.Is4() {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	return netip.IPv6Loopback()
}

func system(snap *sockets.Snapshot, port uint16) model.System {
	r := sockets.Rules()
	return model.System{
		Ephemeral:    r.Ephemeral,
		Reserved:     r.IsReserved(port),
		Unprivileged: r.Unprivileged,
		Addresses:    snap.Addresses,
		Root:         os.Geteuid() == 0,
		Partial:      snap.From == "netstat",
	}
}

// lookBehind finds out for whom init or a proxy holds the port.
func (f *Freer) lookBehind(ctx context.Context, e *model.Evidence) {
	for i := range e.Rows {
		r := &e.Rows[i]
		for _, p := range r.Holders(r.Socket) {
			switch {
			case p.PID == 1:
				e.SocketUnit = process.SocketUnit(unitFolders(), e.Target.Protocol.String(), e.Target.Port)
			case p.Name.String() == "docker-proxy":
				if name := proxied(ctx, p); name != "" {
					if e.Proxied == nil {
						e.Proxied = map[int]string{}
					}
					e.Proxied[p.PID] = name
				}
			}
		}
	}
}

// unitFolders are where systemd reads its units, the first to win first
// (systemd.unit(5)).
func unitFolders() []string {
	return []string{"/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"}
}
