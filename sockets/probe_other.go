//go:build !linux && !darwin && !windows

package sockets

import "net/netip"

func tryBind(Protocol, netip.AddrPort, BindOptions) error { return ErrUnsupported }

func destroy(*Socket) error { return ErrUnsupported }

func optionsOf(s *Socket) SocketOptions { return SocketOptions{V6Only: s.V6Only} }

func rules(string) PortRules { return PortRules{Unprivileged: 1024} }
