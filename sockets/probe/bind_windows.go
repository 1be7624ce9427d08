package probe

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"sync"

	"golang.org/x/sys/windows"

	"lotop/sockets"
)

// wsaStartup calls WSAStartup, which package net calls only at its first use. The
// calls are counted and never undone.
var wsaStartup = sync.OnceValue(func() error {
	var data windows.WSAData
	return windows.WSAStartup(0x202, &data) // version 2.2
})

// bind ignores ReuseAddr: on Windows a bind with SO_REUSEADDR takes an address away
// from its owner unless that has set SO_EXCLUSIVEADDRUSE, so it proves nothing and
// servers do not set it. A bind without options is refused by an exclusive owner like
// by any other.
func bind(p sockets.Protocol, a netip.AddrPort, o BindOptions) error {
	if err := wsaStartup(); err != nil {
		return os.NewSyscallError("wsastartup", err)
	}
	family, kind := windows.AF_INET, windows.SOCK_STREAM
	if a.Addr().Is6() {
		family = windows.AF_INET6
	}
	if p == sockets.UDP {
		kind = windows.SOCK_DGRAM
	}
	const flags = windows.WSA_FLAG_NO_HANDLE_INHERIT | windows.WSA_FLAG_OVERLAPPED
	fd, err := windows.WSASocket(int32(family), int32(kind), int32(p), nil, 0, flags)
	if err != nil {
		return os.NewSyscallError("socket", toPOSIX(err))
	}
	defer windows.Closesocket(fd)
	if family == windows.AF_INET6 {
		v6only := 1
		if o.DualStack {
			v6only = 0
		}
		if err := windows.SetsockoptInt(fd, windows.IPPROTO_IPV6, windows.IPV6_V6ONLY, v6only); err != nil {
			return os.NewSyscallError("set IPV6_V6ONLY", toPOSIX(err))
		}
	}
	if err := windows.Bind(fd, sockaddr(a)); err != nil {
		return fmt.Errorf("bind %s %s: %w", p, a, toPOSIX(err))
	}
	return nil
}

func sockaddr(a netip.AddrPort) windows.Sockaddr {
	if a.Addr().Is4() {
		return &windows.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}
	}
	return &windows.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16()}
}

// destroy is not supported: SetTcpEntry closes IPv4 connections only, and for
// administrators only.
func destroy(*sockets.Socket) error {
	return errors.New("cannot close a single connection on Windows: stop the process at one end")
}

// optionsOf reads no options: a socket handle cannot be duplicated from another
// process without side effects.
func optionsOf(s *sockets.Socket) sockets.SocketOptions {
	return sockets.SocketOptions{V6Only: s.V6Only}
}
