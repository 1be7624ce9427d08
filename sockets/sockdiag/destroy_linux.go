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
	// rcvBufSize is the requested receive buffer size; an ordinary user gets at most
	// net.core.rmem_max.
	rcvBufSize = 8 << 20
	// maxQueued limits the queue of notifications, to some 16 MB.
	maxQueued = 1 << 16
	// maxBatch is how many notifications are received before they are queued.
	maxBatch = 256
)

type watcher struct {
	file  *os.File
	raw   syscall.RawConn
	ready chan struct{}

	mu              sync.Mutex
	queue           []sockets.DestroyNotification
	queueDrops      int    // since the last drain, because the queue was full
	lastKernelDrops uint32 // the kernel's counter at the last drain
	overruns        int    // ENOBUFS since then, for kernels that do not count drops
}

func (w *watcher) open(ports []sockets.PortRange) error {
	const kind = unix.SOCK_DGRAM | unix.SOCK_CLOEXEC | unix.SOCK_NONBLOCK
	fd, err := unix.Socket(unix.AF_NETLINK, kind, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return os.NewSyscallError("open destroy notifications: socket", err)
	}
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, rcvBufSize) != nil {
		// Not root: as much as is allowed.
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
	w.file = os.NewFile(uintptr(fd), "sock_diag")
	if w.raw, err = w.file.SyscallConn(); err != nil {
		_ = w.file.Close()
		return err
	}
	w.ready = make(chan struct{}, 1)
	go w.readLoop()
	return nil
}

// readLoop receives notifications until the file is closed.
func (w *watcher) readLoop() {
	in := recvBatch{buf: make([]byte, 64<<10)}
	for {
		err := w.raw.Read(in.recvAvailable)
		if err != nil || in.err != nil {
			return // closed
		}
		w.enqueue(&in)
		select {
		case w.ready <- struct{}{}:
		default:
		}
	}
}

// recvBatch is what one iteration of readLoop receives.
type recvBatch struct {
	buf           []byte
	notifications []sockets.DestroyNotification
	overruns      int
	err           error
}

// recvAvailable receives what is there, and returns false if there is nothing yet. It
// receives as much as it can: each notification taken out of the kernel's buffer
// makes room for another.
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

func (w *watcher) enqueue(in *recvBatch) {
	w.mu.Lock()
	defer w.mu.Unlock()
	room := min(maxQueued-len(w.queue), len(in.notifications))
	w.queue = append(w.queue, in.notifications[:room]...)
	w.queueDrops += len(in.notifications) - room
	w.overruns += in.overruns
}

func (w *watcher) drain(dst []sockets.DestroyNotification) (_ []sockets.DestroyNotification, dropped int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	dst = append(dst, w.queue...)
	dropped = w.queueDrops
	if drops, ok := w.kernelDrops(); ok {
		dropped += int(drops - w.lastKernelDrops) // correct when the counter wraps, too
		w.lastKernelDrops = drops
	} else {
		dropped += w.overruns
	}
	w.queue, w.queueDrops, w.overruns = w.queue[:0], 0, 0
	return dst, dropped
}

// kernelDrops returns how many messages the kernel has dropped since the socket was
// opened. ENOBUFS does not show that: it is returned once, and then everything is
// dropped until the buffer has been emptied (netlink_overrun,
// net/netlink/af_netlink.c). /proc/net/netlink has the same counter, for all sockets
// of the machine.
func (w *watcher) kernelDrops() (drops uint32, ok bool) {
	err := w.raw.Control(func(fd uintptr) {
		var counts [memInfoLen]byte
		size, err := getsockopt(int(fd), unix.SOL_SOCKET, unix.SO_MEMINFO, counts[:])
		if err == nil && size >= memInfoDrops+4 {
			drops, ok = nativeUint32(counts[memInfoDrops:]), true
		}
	})
	return drops, ok && err == nil
}

func (w *watcher) close() error { return w.file.Close() }
