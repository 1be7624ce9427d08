//go:build linux

package socketstest

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// waitFor waits until fd is ready, at most for Timeout.
func waitFor(fd int, events int16) error {
	deadline := time.Now().Add(Timeout)
	for {
		left := time.Until(deadline)
		if left <= 0 {
			return unix.ETIMEDOUT
		}
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: events}}, int(left.Milliseconds())+1)
		if n > 0 || err != nil && err != unix.EINTR {
			return err
		}
	}
}

// retry repeats op until it succeeds or has waited too long for fd.
func retry(fd int, events int16, op func() error) error {
	for {
		err := op()
		switch err {
		case unix.EINTR:
			continue
		case unix.EAGAIN:
			if err := waitFor(fd, events); err != nil {
				return err
			}
			continue
		}
		return err
	}
}

func accept(listener int) (Sock, error) {
	var fd int
	err := retry(listener, unix.POLLIN, func() (err error) {
		fd, _, err = unix.Accept4(listener, unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK)
		return err
	})
	if err != nil {
		return Sock{}, os.NewSyscallError("accept", err)
	}
	return sockInfo(fd)
}

// linger0 makes close reset the connection, which leaves no TIME_WAIT.
func linger0(fd int) error {
	err := unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
	return os.NewSyscallError("setsockopt", err)
}

// send writes n bytes: all of them to TCP, one datagram to UDP.
func send(fd, n int) (int, error) {
	buf := make([]byte, n)
	sent := 0
	for sent < n {
		err := retry(fd, unix.POLLOUT, func() error {
			k, err := unix.SendmsgN(fd, buf[sent:], nil, nil, unix.MSG_NOSIGNAL)
			sent += max(k, 0)
			return err
		})
		if err != nil {
			return sent, os.NewSyscallError("send", err)
		}
	}
	return sent, nil
}

// recv reads until it has n bytes or the peer has shut down its end.
func recv(fd, n int) (int, error) {
	buf := make([]byte, n)
	got := 0
	for got < n {
		k := 0
		err := retry(fd, unix.POLLIN, func() (err error) {
			k, err = unix.Read(fd, buf[got:])
			return err
		})
		if err != nil {
			return got, os.NewSyscallError("read", err)
		}
		if k == 0 {
			break
		}
		got += k
	}
	return got, nil
}

// fill writes until the buffers of both ends are full.
func fill(fd int) (int, error) {
	buf := make([]byte, 1<<16)
	sent := 0
	for {
		n, err := unix.SendmsgN(fd, buf, nil, nil, unix.MSG_NOSIGNAL)
		switch err {
		case nil:
			sent += n
		case unix.EINTR:
		case unix.EAGAIN:
			return sent, nil
		default:
			return sent, os.NewSyscallError("send", err)
		}
	}
}
