//go:build linux

package socketstest

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// open opens the socket of a request.
func open(q request) (Sock, error) {
	fd, err := newSocket(q.Network, q.Options)
	if err != nil {
		return Sock{}, err
	}
	s, err := configure(fd, q)
	if err != nil {
		_ = unix.Close(fd)
		return Sock{}, err
	}
	return s, nil
}

// configure binds, listens or connects.
func configure(fd int, q request) (Sock, error) {
	err := setOptions(fd, q.Options)
	if err != nil {
		return Sock{}, err
	}
	switch q.Do {
	case cmdBind, cmdListen:
		err = bind(fd, q.Network, q.Address)
		if err == nil && q.Do == cmdListen {
			err = listen(fd, q.Options)
		}
	case cmdConnect:
		if from, ok := optionValue(q.Options, optFrom); ok {
			err = bind(fd, q.Network, from)
		}
		if err == nil {
			err = connect(fd, q)
		}
	case cmdSelf:
		if err = bind(fd, q.Network, q.Address); err != nil {
			break
		}
		var s Sock
		if s, err = sockInfo(fd); err == nil {
			q.Address = s.Local.String()
			err = connect(fd, q)
		}
	}
	if err != nil {
		return Sock{}, err
	}
	return sockInfo(fd)
}

// newSocket opens a socket that never blocks: every wait is a poll, which has
// a limit and needs no option on the socket.
func newSocket(network string, options []SockOption) (int, error) {
	family, kind, proto := unix.AF_INET, unix.SOCK_STREAM, 0
	switch network {
	case "tcp4":
	case "tcp6":
		family = unix.AF_INET6
	case "udp4":
		kind = unix.SOCK_DGRAM
	case "udp6":
		family, kind = unix.AF_INET6, unix.SOCK_DGRAM
	default:
		return -1, fmt.Errorf("unknown network %q", network)
	}
	if slices.Contains(options, MPTCP) {
		proto = unix.IPPROTO_MPTCP
	}
	fd, err := unix.Socket(family, kind|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, proto)
	return fd, os.NewSyscallError("socket", err)
}

func setOptions(fd int, options []SockOption) error {
	for _, o := range options {
		if err := setOption(fd, o); err != nil {
			return fmt.Errorf("%s: %w", o, err)
		}
	}
	return nil
}

func setOption(fd int, o SockOption) error {
	switch o {
	case ReuseAddr:
		return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
	case ReusePort:
		return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
	case V6Only:
		return unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 1)
	case DualStack:
		return unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 0)
	case DeferAccept:
		return unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_DEFER_ACCEPT, 60)
	case MPTCP, NoWait:
		return nil
	}
	name, val, _ := strings.Cut(string(o), "=")
	switch SockOption(name) {
	case optDevice:
		return unix.BindToDevice(fd, val)
	case optBacklog, optFrom:
		return nil
	}
	return errors.New("unknown option")
}

func optionValue(options []SockOption, name SockOption) (string, bool) {
	for _, o := range options {
		if v, ok := strings.CutPrefix(string(o), string(name)+"="); ok {
			return v, true
		}
	}
	return "", false
}

func bind(fd int, network, address string) error {
	to, err := sockaddr(network, address)
	if err != nil {
		return err
	}
	return os.NewSyscallError("bind", unix.Bind(fd, to))
}

func listen(fd int, options []SockOption) error {
	backlog := 128
	if v, ok := optionValue(options, optBacklog); ok {
		n, err := strconv.Atoi(v)
		if err != nil {
			return err
		}
		backlog = n
	}
	return os.NewSyscallError("listen", unix.Listen(fd, backlog))
}

func connect(fd int, q request) error {
	to, err := sockaddr(q.Network, q.Address)
	if err != nil {
		return err
	}
	err = unix.Connect(fd, to)
	if err != unix.EINPROGRESS && err != unix.EINTR {
		return os.NewSyscallError("connect", err)
	}
	if slices.Contains(q.Options, NoWait) {
		return nil
	}
	if err := waitFor(fd, unix.POLLOUT); err != nil {
		return os.NewSyscallError("connect", err)
	}
	errno, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err == nil && errno != 0 {
		err = unix.Errno(errno)
	}
	return os.NewSyscallError("connect", err)
}

// sockaddr converts an address: for a network that ends in 4 it must be IPv4,
// otherwise IPv6, which may be a mapped one.
func sockaddr(network, address string) (unix.Sockaddr, error) {
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, err
	}
	v4 := strings.HasSuffix(network, "4")
	if v4 != a.Addr().Is4() {
		return nil, fmt.Errorf("%s is not an address of %s", address, network)
	}
	if v4 {
		return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}, nil
	}
	return &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16()}, nil
}

// sockInfo queries the socket of a descriptor.
func sockInfo(fd int) (Sock, error) {
	s := Sock{FD: fd, PID: os.Getpid()}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return s, os.NewSyscallError("fstat", err)
	}
	s.Inode = st.Ino
	local, err := unix.Getsockname(fd)
	if err != nil {
		return s, os.NewSyscallError("getsockname", err)
	}
	kind, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	if err != nil {
		return s, os.NewSyscallError("getsockopt", err)
	}
	s.Network = "tcp"
	if kind == unix.SOCK_DGRAM {
		s.Network = "udp"
	}
	if _, ok := local.(*unix.SockaddrInet4); ok {
		s.Network += "4"
	} else {
		s.Network += "6"
	}
	s.Local = addrPort(local)
	// ENOTCONN: there is no peer, or not yet.
	if remote, err := unix.Getpeername(fd); err == nil {
		s.Remote = addrPort(remote)
	}
	return s, nil
}

func addrPort(sa unix.Sockaddr) netip.AddrPort {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(sa.Addr), uint16(sa.Port))
	}
	return netip.AddrPort{}
}
