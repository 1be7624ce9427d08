package sockdiag

import (
	"errors"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"lotop/sockets"
)

// destroyGroups are the multicast groups 1 to 4: TCP and UDP, IPv4 and IPv6
// (enum sknetlink_groups, include/uapi/linux/sock_diag.h).
const destroyGroups = 0xf

const (
	// rcvBufSize is asked for as the receive buffer; an ordinary user gets at
	// most net.core.rmem_max.
	rcvBufSize = 8 << 20
	// maxQueued bounds what waits to be drained, to some 16 MB.
	maxQueued = 1 << 16
	// maxBatch is how much is taken in before it is handed on.
	maxBatch = 256
)

type watcher struct {
	file  *os.File
	raw   syscall.RawConn
	ready chan struct{}

	mu              sync.Mutex
	queue           []sockets.DestroyNotification
	queueDrops      int    // since the last drain, by the queue's bound
	lastKernelDrops uint32 // what the kernel had dropped by the last drain
	overruns        int    // overruns since then, for kernels that do not count what they drop
}

func (n *watcher) open(ports []sockets.PortRange) error {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return os.NewSyscallError("open destroy notifications: socket", err)
	}
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, rcvBufSize) != nil {
		// Not root: as much as there is.
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, rcvBufSize)
	}
	if err := attachPortFilter(fd, ports); err != nil {
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
	n.ready = make(chan struct{}, 1)
	go n.readLoop()
	return nil
}

// readLoop takes notices in until the file is closed.
func (n *watcher) readLoop() {
	in := recvBatch{buf: make([]byte, 64<<10)}
	for {
		err := n.raw.Read(in.recvAvailable)
		if err != nil || in.err != nil {
			return // closed
		}
		n.enqueue(&in)
		select {
		case n.ready <- struct{}{}:
		default:
		}
	}
}

// recvBatch is what one turn of listen has read.
type recvBatch struct {
	buf           []byte
	notifications []sockets.DestroyNotification
	overruns      int
	err           error
}

// recvAvailable reads what is there; false means that there is nothing yet. It reads on
// for as long as it can: each notice less in the kernel's buffer is room for
// another one.
func (in *recvBatch) recvAvailable(fd uintptr) bool {
	in.notifications, in.overruns = in.notifications[:0], 0
	now := time.Now()
	for len(in.notifications) < maxBatch {
		size, err := unix.Read(int(fd), in.buf)
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.ENOBUFS):
			in.overruns++
		case errors.Is(err, unix.EAGAIN):
			return len(in.notifications) > 0 || in.overruns > 0
		case err != nil:
			in.err = err
			return true
		default:
			in.notifications = parseNotifications(in.notifications, in.buf[:size], now)
		}
	}
	return true
}

func (n *watcher) enqueue(in *recvBatch) {
	n.mu.Lock()
	defer n.mu.Unlock()
	room := min(maxQueued-len(n.queue), len(in.notifications))
	n.queue = append(n.queue, in.notifications[:room]...)
	n.queueDrops += len(in.notifications) - room
	n.overruns += in.overruns
}

func (n *watcher) drain(dst []sockets.DestroyNotification) (_ []sockets.DestroyNotification, lost int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	dst = append(dst, n.queue...)
	lost = n.queueDrops
	if drops, ok := n.kernelDrops(); ok {
		lost += int(drops - n.lastKernelDrops) // the counter wraps as well
		n.lastKernelDrops = drops
	} else {
		lost += n.overruns
	}
	n.queue, n.queueDrops, n.overruns = n.queue[:0], 0, 0
	return dst, lost
}

// kernelDrops asks how many messages the kernel had no room for since the socket
// was opened. ENOBUFS does not tell: it comes once, and then everything is
// dropped until the buffer has been emptied (netlink_overrun,
// net/netlink/af_netlink.c). /proc/net/netlink shows the same number, of all
// sockets of the machine.
func (n *watcher) kernelDrops() (drops uint32, ok bool) {
	err := n.raw.Control(func(fd uintptr) {
		var counts [memInfoLen]byte
		size, err := getsockopt(int(fd), unix.SOL_SOCKET, unix.SO_MEMINFO, counts[:])
		if err == nil && size >= memInfoDrops+4 {
			drops, ok = nativeUint32(counts[memInfoDrops:]), true
		}
	})
	return drops, ok && err == nil
}

func (n *watcher) close() error { return n.file.Close() }
