//go:build linux || darwin

package probe

import (
	"fmt"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"

	"lotop/sockets"
)

func bind(p sockets.Protocol, a netip.AddrPort, o BindOptions) error {
	family, kind := unix.AF_INET, unix.SOCK_STREAM
	if a.Addr().Is6() {
		family = unix.AF_INET6
	}
	if p == sockets.UDP {
		kind = unix.SOCK_DGRAM
	}
	fd, err := openSocket(family, kind)
	if err != nil {
		return os.NewSyscallError("socket", err)
	}
	defer unix.Close(fd)
	if family == unix.AF_INET6 {
		v6only := 1
		if o.DualStack {
			v6only = 0
		}
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, v6only); err != nil {
			return os.NewSyscallError("set IPV6_V6ONLY", err)
		}
	}
	if o.ReuseAddr {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
			return os.NewSyscallError("set SO_REUSEADDR", err)
		}
	}
	if err := unix.Bind(fd, sockaddr(a)); err != nil {
		return fmt.Errorf("bind %s %s: %w", p, a, err)
	}
	return nil
}

func sockaddr(a netip.AddrPort) unix.Sockaddr {
	if a.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}
	}
	return &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16()}
}
