package sockets

import (
	"errors"
	"os"
	"sync"
	"syscall"
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
	// queueAtMost bounds what waits to be drained, to some 16 MB.
	queueAtMost = 1 << 16
	// batchAtMost is how much is taken in before it is handed on.
	batchAtMost = 256
)

type notices struct {
	file *os.File
	raw  syscall.RawConn
	wake chan struct{}

	mu    sync.Mutex
	queue []Notice
	lost  int    // since the last drain, by the queue's bound
	drops uint32 // what the kernel had dropped by the last drain
	blind int    // overruns since then, for kernels that do not count what they drop
}

func (n *notices) open(ports []PortRange) error {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return os.NewSyscallError("open destroy notifications: socket", err)
	}
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, wantedBuffer) != nil {
		// Not root: as much as there is.
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, wantedBuffer)
	}
	if err := attachPorts(fd, ports); err != nil {
		unix.Close(fd)
		return os.NewSyscallError("open destroy notifications: attach filter", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: destroyGroups}); err != nil {
		unix.Close(fd)
		return os.NewSyscallError("open destroy notifications: bind", err)
	}
	n.file = os.NewFile(uintptr(fd), "sock_diag")
	if n.raw, err = n.file.SyscallConn(); err != nil {
		_ = n.file.Close()
		return err
	}
	n.wake = make(chan struct{}, 1)
	go n.listen()
	return nil
}

// listen takes notices in until the file is closed.
func (n *notices) listen() {
	in := intake{buf: make([]byte, 64<<10)}
	for {
		err := n.raw.Read(in.take)
		if err != nil || in.err != nil {
			return // closed
		}
		n.add(&in)
		select {
		case n.wake <- struct{}{}:
		default:
		}
	}
}

// intake is what one turn of listen has read.
type intake struct {
	buf      []byte
	batch    []Notice
	overruns int
	err      error
}

// take reads what is there; false means that there is nothing yet. It reads on
// for as long as it can: each notice less in the kernel's buffer is room for
// another one.
func (in *intake) take(fd uintptr) bool {
	in.batch, in.overruns = in.batch[:0], 0
	now := time.Now()
	for len(in.batch) < batchAtMost {
		size, err := unix.Read(int(fd), in.buf)
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.ENOBUFS):
			in.overruns++
		case errors.Is(err, unix.EAGAIN):
			return len(in.batch) > 0 || in.overruns > 0
		case err != nil:
			in.err = err
			return true
		default:
			in.batch = parseNotices(in.batch, in.buf[:size], now)
		}
	}
	return true
}

func (n *notices) add(in *intake) {
	n.mu.Lock()
	defer n.mu.Unlock()
	room := min(queueAtMost-len(n.queue), len(in.batch))
	n.queue = append(n.queue, in.batch[:room]...)
	n.lost += len(in.batch) - room
	n.blind += in.overruns
}

func (n *notices) drain(dst []Notice) (_ []Notice, lost int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	dst = append(dst, n.queue...)
	lost = n.lost
	if drops, ok := n.dropped(); ok {
		lost += int(drops - n.drops) // the counter wraps as well
		n.drops = drops
	} else {
		lost += n.blind
	}
	n.queue, n.lost, n.blind = n.queue[:0], 0, 0
	return dst, lost
}

// dropped asks how many messages the kernel had no room for since the socket
// was opened. ENOBUFS does not tell: it comes once, and then everything is
// dropped until the buffer has been emptied (netlink_overrun,
// net/netlink/af_netlink.c). /proc/net/netlink shows the same number, of all
// sockets of the machine.
func (n *notices) dropped() (drops uint32, ok bool) {
	err := n.raw.Control(func(fd uintptr) {
		var counts [memInfoLen]byte
		size, err := getsockopt(int(fd), unix.SOL_SOCKET, unix.SO_MEMINFO, counts[:])
		if err == nil && size >= memInfoDrops+4 {
			drops, ok = nativeUint32(counts[memInfoDrops:]), true
		}
	})
	return drops, ok && err == nil
}

func (n *notices) close() error { return n.file.Close() }
