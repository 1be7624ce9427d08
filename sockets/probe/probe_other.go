//go:build !linux && !darwin && !windows

package probe

import (
	"net/netip"

	"lotop/sockets"
)

func bind(sockets.Protocol, netip.AddrPort, BindOptions) error { return sockets.ErrUnsupported }

func destroy(*sockets.Socket) error { return sockets.ErrUnsupported }

func optionsOf(s *sockets.Socket) sockets.SocketOptions {
	return sockets.SocketOptions{V6Only: s.V6Only}
}

func readPortRanges(string) PortRanges { return PortRanges{FirstUnprivileged: 1024} }
