package ui

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"lotop/model"
	"lotop/sockets"
	"lotop/ui/style"
)

// maxOwnAddresses is how many of this machine's addresses are listed. Machines with
// containers, or with temporary IPv6 addresses, have dozens.
const maxOwnAddresses = 4

// OpenTo says from where the row's socket can be reached: by whom, at which addresses,
// and for an exposed one what keeps it to this machine. advice says how, with PORT where
// the port belongs, as keeplocal.Advice does; empty if the program is not known. The
// lines are at most width cells wide, except for words that are to be copied; 0 means no
// limit. There are none for a socket that does not serve.
func OpenTo(r *model.Row, advice string, width int) []style.Line {
	s := r.Socket
	if !s.Serves() {
		return nil
	}
	if r.Reach == model.ReachLoopback {
		return style.Wrap(style.Text("this machine only").Add(style.Muted, "  "+placeText(r, AddrHere(s))), width, 0)
	}
	who := reachedBy(r) + "  ⚠"
	if width > 0 && style.Width(who) > width {
		who = strings.Replace(who, " that can reach this one", "", 1)
	}
	lines := style.Wrap(style.Styled(style.Danger, who), width, 0)
	lines = append(lines, addressLines(places(r), width)...)
	if r.Owner(s) == nil {
		return lines // the kernel's own, or not known who could change it
	}
	if advice == "" {
		advice = "bind to " + sockets.LoopbackOf(AddrHere(s).Addr()).String() + " in its source or settings"
	}
	advice = strings.ReplaceAll(advice, "PORT", strconv.Itoa(int(s.Local.Port())))
	return append(lines, style.Wrap(style.Styled(style.Muted, "keep it here: ").Add(style.Plain, advice), width, 0)...)
}

// reachedBy says which machines can reach the row's socket.
func reachedBy(r *model.Row) string {
	s := r.Socket
	at := s.Local.Addr()
	via := "this one"
	switch {
	case at.IsMulticast():
		via = "the group " + at.String()
	case !at.IsUnspecified():
		via = at.String()
	case s.Interface != 0:
		via = r.Snapshot.Interfaces[s.Interface].String()
	}
	switch {
	case !at.IsUnspecified() || s.DualStack():
	case at.Is4():
		via += " over IPv4"
	case s.V6Only == sockets.Yes:
		via += " over IPv6"
	}
	return "every machine that can reach " + via
}

// place is an address with the name of the network that it belongs to.
type place struct{ address, via string }

// places returns where an exposed socket is reached, this machine's loopback address last.
func places(r *model.Row) []place {
	s, snap := r.Socket, r.Snapshot
	at := s.Local.Addr()
	switch {
	case at.IsMulticast():
		return nil
	case !at.IsUnspecified():
		return []place{{placeText(r, s.Local), snap.AddressInterfaces[at].String()}}
	}
	own := slices.DeleteFunc(slices.Clone(snap.Addresses), func(a netip.Addr) bool { return !receives(r, a) })
	// IPv4 is what people type on another machine.
	slices.SortStableFunc(own, func(a, b netip.Addr) int { return cmp.Compare(a.BitLen(), b.BitLen()) })
	var all []place
	for i, a := range own {
		if i == maxOwnAddresses {
			all = append(all, place{"and " + strconv.Itoa(len(own)-i) + " more", ""})
			break
		}
		all = append(all, place{placeText(r, netip.AddrPortFrom(a, s.Local.Port())), snap.AddressInterfaces[a].String()})
	}
	if s.Interface == 0 {
		all = append(all, place{placeText(r, AddrHere(s)), "this machine"})
	}
	return all
}

// receives reports whether the row's socket, which is bound to a wildcard, is reached at
// an address of this machine from others. Link-local addresses are left out: they need
// the name of the other machine's interface.
func receives(r *model.Row, a netip.Addr) bool {
	s := r.Socket
	if a.IsLoopback() || a.IsLinkLocalUnicast() || !s.Accepts(a) {
		return false
	}
	via, known := r.Snapshot.AddressInterfaces[a]
	return s.Interface == 0 || !known || via == r.Snapshot.Interfaces[s.Interface]
}

// addressLines writes places in two columns, the second where there is room for it.
func addressLines(all []place, width int) []style.Line {
	if width <= 0 {
		width = 1 << 20
	}
	fits := func(p place) bool { return p.via != "" && style.Width(p.address)+len("  ")+style.Width(p.via) <= width }
	column, second := 0, 0
	for _, p := range all {
		second = max(second, style.Width(p.via))
	}
	for _, p := range all { // a longer one stands out, instead of moving the others
		if n := style.Width(p.address); n+len("  ")+second <= width {
			column = max(column, n)
		}
	}
	var lines []style.Line
	for _, p := range all {
		l := style.Text(style.CutMiddle(p.address, width)) // the port is at its end
		if fits(p) {
			l = l.Pad(column).Add(style.Muted, "  "+p.via)
		}
		lines = append(lines, l)
	}
	return lines
}

// placeText writes an address as it is typed where the socket's clients are: a URL
// if that may be a browser.
func placeText(r *model.Row, a netip.AddrPort) string {
	if r.Socket.Protocol != sockets.TCP || r.Debugger != "" || a.Addr().IsLinkLocalUnicast() || !isForBrowsers(a.Port()) {
		return Addr(a)
	}
	return URL(a)
}

// isForBrowsers reports whether a port may speak HTTP: it is not one of a well-known
// protocol that does not.
func isForBrowsers(port uint16) bool {
	switch port {
	case 21, 22, 23, 25, 53, 110, 139, 143, 389, 445, 465, 587, 636, 993, 995, 1433, 1521, 1883, 2049, 2181, 2222, 3306, 3389,
		4222, 5432, 5433, 5672, 5900, 6379, 6380, 9042, 9092, 11211, 27017, 33060:
		return false
	}
	return true
}
