package access

import (
	"cmp"
	"errors"
	"os"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// judge makes a verdict of what a call answered. Only an errno that means "there is
// no such thing", or that it is refused, is conclusive.
func judge(call string, err error, missing ...syscall.Errno) finding {
	var errno syscall.Errno
	if err == nil {
		return finding{verdict: Yes, reason: call}
	}
	if !errors.As(err, &errno) {
		return finding{reason: call + ": " + err.Error()}
	}
	found := finding{reason: call + ": " + unix.ErrnoName(errno)}
	switch {
	case slices.Contains(missing, errno):
		found.verdict = No
	case errno == unix.EPERM || errno == unix.EACCES:
		found.verdict = No
		found.reason += " (refused by a seccomp filter or a security policy)"
	}
	return found
}

// probeFeatures asks the kernel for everything.
func probeFeatures() map[ID]finding {
	all := probeDiag(true)
	all[fdCounts], all[destroyNotifications] = probeFDCounts(), probeNotifications()
	all[pidfdOpen], all[pidfdGetfd] = probePidfd()
	return all
}

// probeDiag asks sock_diag: whether it is there and closes sockets, and else too
// what it reports of them.
func probeDiag(whole bool) map[ID]finding {
	all := map[ID]finding{}
	d, err := openDiag()
	if err != nil {
		refused := judge("socket(NETLINK_SOCK_DIAG)", err, unix.EPROTONOSUPPORT, unix.EAFNOSUPPORT)
		for _, id := range [...]ID{SockDiag, udpDiag, dualDump, boundSockets, tcpInfo, cgroupIDs, sockDestroy} {
			all[id] = refused
		}
		return all
	}
	defer d.close()
	missing := []syscall.Errno{unix.ENOENT, unix.EOPNOTSUPP, unix.EINVAL, unix.EPROTONOSUPPORT}
	err = d.dump(unix.AF_INET, unix.IPPROTO_TCP, 1<<stateListen, nil)
	all[SockDiag] = judge("SOCK_DIAG_BY_FAMILY", err, missing...)
	all[sockDestroy] = d.probeDestroy(all[SockDiag])
	if !whole {
		return all
	}
	// No states: nothing is listed, but the kernel has to find who would list it.
	all[udpDiag] = judge("SOCK_DIAG_BY_FAMILY for UDP", d.dump(unix.AF_INET, unix.IPPROTO_UDP, 0, nil), missing...)
	all[dualDump] = judge("TCPDIAG_GETSOCK", d.dumpBothFamilies(1<<stateListen), missing...)
	d.probeAttributes(all)
	return all
}

// probeDestroy asks to close a socket that cannot exist: it has no ports, and a
// cookie that no kernel gets to.
func (d *diag) probeDestroy(readable finding) finding {
	if readable.verdict != Yes {
		return finding{reason: readable.reason}
	}
	err := d.destroyNothing()
	if errors.Is(err, unix.ENOENT) {
		return finding{verdict: Yes, reason: "SOCK_DESTROY of a socket that does not exist: ENOENT"}
	}
	found := judge("SOCK_DESTROY", err, unix.EOPNOTSUPP)
	switch {
	case errors.Is(err, unix.EOPNOTSUPP):
		found.reason += " (the kernel is built without CONFIG_INET_DIAG_DESTROY)"
	case err == nil:
		found.verdict = Unknown // it closed what is not there
	}
	return found
}

// probeAttributes looks at what the kernel reports of a socket that is bound, which
// it lists without INET_DIAG_INFO, and of any that listens.
func (d *diag) probeAttributes(all map[ID]finding) {
	var bound, listening *attributes
	listens := func(a attributes) { listening = &a }
	_ = d.dump(unix.AF_INET, unix.IPPROTO_TCP, 1<<stateListen, listens) // none: unknown
	_ = d.dump(unix.AF_INET6, unix.IPPROTO_TCP, 1<<stateListen, listens)
	all[boundSockets], bound = d.probeBound()
	all[tcpInfo] = finding{reason: "no socket listens that could be asked about"}
	all[cgroupIDs] = finding{reason: "no socket is listed"}
	if listening != nil {
		all[tcpInfo] = finding{verdict: verdictOf(listening.info), reason: "INET_DIAG_INFO of a listener"}
	}
	if bound = cmp.Or(bound, listening); bound != nil {
		all[cgroupIDs] = finding{verdict: verdictOf(bound.cgroup), reason: "INET_DIAG_CGROUP_ID of a socket"}
	}
}

// probeBound binds a port that the kernel chooses, never listens on it, and looks
// for the socket.
func (d *diag) probeBound() (found finding, seen *attributes) {
	port, closeSocket, err := bindOwn()
	if err != nil {
		return finding{reason: "bind to 127.0.0.1: " + err.Error()}, nil
	}
	defer closeSocket()
	err = d.dump(unix.AF_INET, unix.IPPROTO_TCP, 1<<stateBound, func(a attributes) {
		if a.port == port {
			seen = &a
		}
	})
	if err == nil && seen == nil {
		return finding{verdict: No, reason: "a bound socket is not listed"}, nil
	}
	return judge("a bound socket is listed", err), seen
}

// bindOwn binds a port that the kernel chooses, and never listens on it.
func bindOwn() (port uint16, closeSocket func(), err error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, unix.IPPROTO_TCP)
	if err != nil {
		return 0, nil, err
	}
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		unix.Close(fd)
		return 0, nil, err
	}
	a, err := unix.Getsockname(fd)
	if in4, ok := a.(*unix.SockaddrInet4); ok {
		port = uint16(in4.Port)
	}
	return port, func() { unix.Close(fd) }, err
}

// probeFDCounts asks whether stat has the number of descriptors (proc_fd_getattr,
// fs/proc/fd.c).
func probeFDCounts() finding {
	var st unix.Stat_t
	if err := unix.Stat("/proc/self/fd", &st); err != nil {
		return finding{reason: "/proc/self/fd: " + err.Error()}
	}
	return finding{verdict: verdictOf(st.Size > 0), reason: "size of /proc/self/fd"}
}

// probePidfd opens this process, and gets a descriptor of its own.
func probePidfd() (open, get finding) {
	fd, err := unix.PidfdOpen(os.Getpid(), 0)
	open = judge("pidfd_open", err, unix.ENOSYS)
	if err != nil {
		return open, finding{verdict: open.verdict, reason: open.reason}
	}
	defer unix.Close(fd)
	duplicate, err := unix.PidfdGetfd(fd, fd, 0)
	if err == nil {
		unix.Close(duplicate)
	}
	return open, judge("pidfd_getfd", err, unix.ENOSYS)
}

// probeNotifications subscribes and leaves again.
func probeNotifications() finding {
	const call = "bind to the destroy groups of NETLINK_SOCK_DIAG"
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return judge("socket(NETLINK_SOCK_DIAG)", err, unix.EPROTONOSUPPORT, unix.EAFNOSUPPORT)
	}
	defer unix.Close(fd)
	err = unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: 0xf})
	return judge(call, err, unix.EINVAL, unix.ENOENT)
}
