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
		if found, ok := readOptions(s, o); ok {
			return found
		}
	}
	return sockets.SocketOptions{V6Only: s.V6Only}
}

func readOptions(s *sockets.Socket, o sockets.Owner) (found sockets.SocketOptions, ok bool) {
	pidfd, err := unix.PidfdOpen(int(o.PID), 0)
	if err != nil {
		return found, false
	}
	defer unix.Close(pidfd)
	fd, err := unix.PidfdGetfd(pidfd, int(o.FD), 0)
	if err != nil {
		return found, false
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil || st.Ino != s.Inode {
		return found, false // the descriptor leads elsewhere by now
	}
	found.ReuseAddr = getOption(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR)
	found.ReusePort = getOption(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT)
	found.V6Only = s.V6Only
	if s.V6 && s.V6Only == sockets.Unknown {
		found.V6Only = getOption(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY)
		// What a bind to one address sets, it sets on the TCP socket that an MPTCP
		// socket has inside, and that cannot be asked.
		protocol, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PROTOCOL)
		if found.V6Only == sockets.No && (err != nil || protocol == unix.IPPROTO_MPTCP) {
			found.V6Only = sockets.Unknown
		}
	}
	return found, true
}

func getOption(fd, level, option int) sockets.Tristate {
	switch v, err := unix.GetsockoptInt(fd, level, option); {
	case err != nil:
		return sockets.Unknown
	case v == 0:
		return sockets.No
	}
	return sockets.Yes
}
