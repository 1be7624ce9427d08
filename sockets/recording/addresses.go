package recording

import (
	"maps"
	"net/netip"
	"slices"

	"lotop/sockets/untrusted"
)

// interfaceLine is an address of this machine with the name of its interface.
type interfaceLine struct {
	Address netip.Addr `json:"address"`
	Name    text       `json:"name"`
}

func interfaceLines(names map[netip.Addr]untrusted.Text) []interfaceLine {
	lines := []interfaceLine{}
	for _, a := range slices.SortedFunc(maps.Keys(names), netip.Addr.Compare) {
		lines = append(lines, interfaceLine{a, textOf(names[a])})
	}
	return lines
}

func (p *parser) addresses(out *delta) error {
	all := []netip.Addr{}
	out.addresses = &all
	return p.list(maxEntries, func() error {
		var a netip.Addr
		if err := p.Decode(&a); err != nil {
			return err
		}
		all = append(all, a)
		return p.spend(smallSize + len(a.Zone()))
	})
}

// interfaces decodes all names, an empty list too: it removes those of before.
func (p *parser) interfaces(out *delta) error {
	out.interfaces = map[netip.Addr]untrusted.Text{}
	return p.list(maxEntries, func() error {
		var l interfaceLine
		if err := p.Decode(&l); err != nil {
			return err
		}
		out.interfaces[l.Address] = l.Name.untrusted()
		return p.spend(smallSize + len(l.Address.Zone()) + sizeOf(out.interfaces[l.Address]))
	})
}
