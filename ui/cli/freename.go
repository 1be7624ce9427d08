package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"lotop/model"
	"lotop/model/bind"
	"lotop/model/plan"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/ui"
	"lotop/ui/ports"
)

// limitTo makes a plan leave the sockets of other programs on the same port alone.
func limitTo(o *plan.Options, names []string, t bind.Target) {
	o.Wanted = func(p *process.Process) bool {
		return slices.ContainsFunc(names, func(name string) bool { return hasName(p, name) })
	}
	o.UnwantedReason = "no process named " + strings.Join(names, " or ") + " owns it: run lotop free " + t.String() + " to stop it too"
}

// targetsOf lists the addresses on which processes of a name listen or, of UDP, are
// bound.
func targetsOf(ctx context.Context, f *ports.Service, name string, protocol sockets.Protocol) ([]bind.Target, error) {
	source, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = source.Close() }() // nothing was written
	var snap sockets.Snapshot
	if err := source.Read(ctx, &snap); err != nil {
		return nil, fmt.Errorf("read the socket tables: %w", err)
	}
	var all []bind.Target
	hidden := 0
	for i := range snap.Sockets {
		s := &snap.Sockets[i]
		if s.Protocol != protocol || !s.Serves() {
			continue
		}
		r := model.Row{Socket: s, Snapshot: &snap}
		owners := r.Owners(s)
		if s.NoOwner == sockets.OtherUser {
			hidden++
		}
		if slices.ContainsFunc(owners, func(p *process.Process) bool { return hasName(p, name) }) {
			t := bind.TargetOf(s)
			t.Text = t.String()
			all = append(all, t)
		}
	}
	if len(all) == 0 {
		return nil, errNoSuchName(name, protocol, hidden)
	}
	slices.SortStableFunc(all, func(a, b bind.Target) int { // the kernel lists them by hash
		return cmp.Or(cmp.Compare(a.Port, b.Port), strings.Compare(a.Text, b.Text))
	})
	return all, nil
}

// hasName compares without case. The kernel keeps 15 bytes of a name.
func hasName(p *process.Process, name string) bool {
	const kept = 15
	own := p.Name.Raw()
	return strings.EqualFold(own, name) || len(own) == kept && len(name) > kept && strings.EqualFold(own, name[:kept])
}

func errNoSuchName(name string, protocol sockets.Protocol, hidden int) error {
	verb := "listens"
	if protocol == sockets.UDP {
		verb = "has a bound UDP socket"
	}
	text := fmt.Sprintf("no process named %s %s", name, verb)
	if hidden > 0 {
		text += "; the processes of " + ui.Count(hidden, "socket") + " of other users are unknown: run as root"
	}
	return errors.New(text + "; expected PORT, HOST:PORT or the name of a process")
}
