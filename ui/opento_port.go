package ui

import (
	"net/netip"

	"lotop/model/portlist"
	"lotop/sockets"
	"lotop/ui/style"
)

// OpenToPort says what OpenTo says, of all sockets of a port of the Ports view together.
func OpenToPort(r *portlist.Row, advice string, width int) []style.Line {
	switch {
	case r.Place == portlist.Every && !r.Socket.DualStack():
		// Two wildcard sockets are reached where a dual-stack one is.
		row, both := r.Row, *r.Socket
		both.V6, both.V4Mapped, both.V6Only = true, false, sockets.No
		both.Local = netip.AddrPortFrom(netip.IPv6Unspecified(), both.Local.Port())
		row.Socket = &both
		return OpenTo(&row, advice, width)
	case r.Place == portlist.Localhost:
		lines := OpenTo(&r.Row, advice, width)
		for i := range r.Twins {
			if t := &r.Twins[i]; t.Socket.Local != r.Socket.Local {
				other := style.Text(style.Spaces(len("this machine only  ")) + placeText(t, AddrHere(t.Socket)))
				return append(lines, style.Wrap(other, width, 0)...)
			}
		}
		return lines
	}
	return OpenTo(&r.Row, advice, width)
}
