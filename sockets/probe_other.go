//go:build !linux && !darwin && !windows

package sockets

import "net/netip"

func tryBind(Protocol, netip.AddrPort, BindOptions) error { return ErrUnsupported }

func destroy(*Socket) error { return ErrUnsupported }

func optionsOf(s *Socket) SocketOptions { return SocketOptions{V6Only: s.V6Only} }

func readPortRanges(string) PortRanges { return PortRanges{FirstUnprivileged: 1024} }
