package probe

import (
	"golang.org/x/sys/unix"

	"lotop/sockets"
)

func optionsOf(s *sockets.Socket) sockets.SocketOptions {
	for _, o := range s.Owners {
		if o.FD < 0 {
			continue
		}
		if opts, ok := readOptions(s, o); ok {
			return opts
		}
	}
	return sockets.SocketOptions{V6Only: s.V6Only}
}

func readOptions(s *sockets.Socket, o sockets.Owner) (opts sockets.SocketOptions, ok bool) {
	pidfd, err := unix.PidfdOpen(int(o.PID), 0)
	if err != nil {
		return opts, false
	}
	defer unix.Close(pidfd)
	fd, err := unix.PidfdGetfd(pidfd, int(o.FD), 0)
	if err != nil {
		return opts, false
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil || st.Ino != s.Inode {
		return opts, false // the descriptor was reused
	}
	opts.ReuseAddr = getOption(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR)
	opts.ReusePort = getOption(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT)
	opts.V6Only = s.V6Only
	if s.V6 && s.V6Only == sockets.Unknown {
		opts.V6Only = getOption(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY)
		// A bind to one address sets the option on the TCP socket inside an MPTCP
		// socket, which cannot be read.
		protocol, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PROTOCOL)
		if opts.V6Only == sockets.No && (err != nil || protocol == unix.IPPROTO_MPTCP) {
			opts.V6Only = sockets.Unknown
		}
	}
	return opts, true
}

func getOption(fd, level, option int) sockets.Tristate {
	v, err := unix.GetsockoptInt(fd, level, option)
	if err != nil {
		return sockets.Unknown
	}
	return sockets.TristateOf(v != 0)
}
