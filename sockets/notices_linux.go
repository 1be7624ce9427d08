package sockets

import (
	"errors"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// destroyGroups are the multicast groups 1 to 4: TCP and UDP, IPv4 and IPv6
// (enum sknetlink_groups, include/uapi/linux/sock_diag.h).
const destroyGroups = 0xf

const (
	// wantedBuffer is asked for as the receive buffer; an ordinary user gets at
	// most net.core.rmem_max.
	wantedBuffer = 8 << 20
	// queueAtMost bounds what waits to be drained.
	queueAtMost = 1 << 18
)

type notices struct {
	file *os.File
	wake chan struct{}

	mu    sync.Mutex
	queue []Notice
	lost  int
}

func (n *notices) open(ports []PortRange) error {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return os.NewSyscallError("listen for closed sockets: socket", err)
	}
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, wantedBuffer) != nil {
		// Not root: as much as there is.
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, wantedBuffer)
	}
	if err := attachPorts(fd, ports); err != nil {
		unix.Close(fd)
		return os.NewSyscallError("listen for closed sockets: attach filter", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: destroyGroups}); err != nil {
		unix.Close(fd)
		return os.NewSyscallError("listen for closed sockets: bind", err)
	}
	n.file = os.NewFile(uintptr(fd), "sock_diag")
	n.wake = make(chan struct{}, 1)
	go n.listen()
	return nil
}

// listen takes notices in until the file is closed.
func (n *notices) listen() {
	buf := make([]byte, 64<<10)
	for {
		size, err := n.file.Read(buf)
		now := time.Now()
		n.mu.Lock()
		switch {
		case errors.Is(err, unix.ENOBUFS):
			n.lost++ // the kernel does not say how many
		case err != nil:
			n.mu.Unlock()
			return
		case len(n.queue) >= queueAtMost:
			n.lost++
		default:
			n.queue = parseNotices(n.queue, buf[:size], now)
		}
		n.mu.Unlock()
		select {
		case n.wake <- struct{}{}:
		default:
		}
	}
}

func (n *notices) drain(dst []Notice) (_ []Notice, lost int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	dst = append(dst, n.queue...)
	lost = n.lost
	n.queue, n.lost = n.queue[:0], 0
	return dst, lost
}

func (n *notices) close() error { return n.file.Close() }

// attachPorts lets only messages through that have a wanted port at either end.
// The ports stand big-endian at bytes 20 and 22 of the message: 16 of header,
// then family, state, timer and retransmits (struct inet_diag_msg).
func attachPorts(fd int, ports []PortRange) error {
	if len(ports) == 0 {
		return nil
	}
	program := portFilter(ports)
	return unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{
		Len: uint16(len(program)), Filter: &program[0],
	})
}

// portFilter is the classic BPF program: for each end load the port, accept if
// it lies in one of the ranges; else drop.
func portFilter(ports []PortRange) []unix.SockFilter {
	const (
		loadHalf = unix.BPF_LD | unix.BPF_H | unix.BPF_ABS
		below    = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K
		above    = unix.BPF_JMP | unix.BPF_JGT | unix.BPF_K
		end      = unix.BPF_RET | unix.BPF_K
		all      = 1<<32 - 1
	)
	var p []unix.SockFilter
	for _, offset := range []uint32{20, 22} {
		p = append(p, unix.SockFilter{Code: loadHalf, K: offset})
		for _, r := range ports {
			p = append(p,
				unix.SockFilter{Code: below, K: uint32(r.First), Jt: 0, Jf: 2},
				unix.SockFilter{Code: above, K: uint32(r.Last), Jt: 1, Jf: 0},
				unix.SockFilter{Code: end, K: all},
			)
		}
	}
	return append(p, unix.SockFilter{Code: end, K: 0})
}
