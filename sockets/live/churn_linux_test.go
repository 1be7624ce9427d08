package live

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lotop/sockets"
	"lotop/sockets/socketstest"
)

// loop is a function called again and again in the background.
type loop struct {
	started time.Time
	calls   atomic.Int64
	stop    func() // waits for the calls under way
}

// background calls do again and again, on a few goroutines, until the test ends or
// stop is called.
func background(t *testing.T, goroutines int, do func() error) *loop {
	t.Helper()
	var wg sync.WaitGroup
	done := make(chan struct{})
	l := &loop{started: time.Now()}
	for range goroutines {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				err := do()
				l.calls.Add(1)
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	l.stop = sync.OnceFunc(func() {
		close(done)
		wg.Wait()
	})
	t.Cleanup(l.stop)
	return l
}

// running reports whether a test goes on: for 2 s, or a tenth of that in short mode,
// and on a loaded machine until enough has happened for the test to mean anything.
func (l *loop) running(t *testing.T, enough bool) bool {
	t.Helper()
	period := 2 * time.Second
	if testing.Short() {
		period /= 10
	}
	passed := time.Since(l.started)
	if passed > socketstest.Timeout && !enough {
		t.Fatalf("only %d calls in %v: nothing was tested", l.calls.Load(), passed)
	}
	return passed < period || !enough
}

// ownership is an owner of a socket in a snapshot.
type ownership struct {
	owner sockets.Owner
	inode uint64
}

// wrongOwners returns the owners that according to /proc are running now and do
// not own the socket.
func (e *observer) wrongOwners() map[ownership]bool {
	all := map[ownership]bool{}
	for _, s := range e.Sockets {
		for _, o := range s.Owners {
			root := filepath.Join("/proc", fmt.Sprint(o.PID))
			link, err := os.Readlink(filepath.Join(root, "fd", fmt.Sprint(o.FD)))
			if err == nil && link == fmt.Sprintf("socket:[%d]", s.Inode) {
				continue
			}
			if _, err := os.Readlink(filepath.Join(root, "cwd")); err != nil {
				continue // it has exited and may be a zombie
			}
			all[ownership{o, s.Inode}] = true
		}
	}
	return all
}

// TestProcessChurn reads while processes start, inherit the socket, exec and exit:
// no read fails, and no process is named as owner that is not. A change after a
// read has to be in the next one.
func TestProcessChurn(t *testing.T) {
	l := newBoundSocket(t)
	l.listen()
	file := os.NewFile(uintptr(l.fd), "listener")
	l.fd = -1
	defer file.Close()
	churn := background(t, 2, func() error {
		cmd := exec.Command("sleep", "0.002")
		cmd.ExtraFiles = []*os.File{file, file}
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: unix.SIGKILL}
		return cmd.Run()
	})
	e := openObserver(t, SockDiag)
	before, most := map[ownership]bool{}, 0
	for churn.running(t, churn.calls.Load() >= 20 && most >= 2) {
		e.refresh()
		now := e.wrongOwners()
		for c := range now {
			if before[c] && e.wrongOwners()[c] {
				t.Fatalf("%+v, for the second time", c)
			}
		}
		before = now
		s := e.findOne("tcp4", l.local, noAddr)
		most = max(most, len(s.Owners))
		if s.NoOwner != sockets.NoReason || len(s.Owners) == 0 {
			t.Fatalf("no owner: %v", s.NoOwner)
		}
	}
	churn.stop()
	e.refresh()
	e.checkOwners(e.findOne("tcp4", l.local, noAddr), socketstest.Sock{PID: os.Getpid(), FD: int(file.Fd())})
}

// TestNoDuplicates reads while sockets change their states: none is listed twice.
func TestNoDuplicates(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	accepting := background(t, 1, func() error {
		conn, err := l.Accept()
		if err == nil {
			err = conn.Close()
		} else if netErr, ok := err.(*net.OpError); ok && netErr.Err == net.ErrClosed {
			return nil
		}
		return err
	})
	to := netip.MustParseAddrPort(l.Addr().String())
	churn := background(t, 8, func() error { return bindAndConnect(to) })
	e := openObserver(t, SockDiag)
	for churn.running(t, churn.calls.Load() >= 100) {
		e.refresh()
		seen := map[sockets.ID]*sockets.Socket{}
		for i := range e.Sockets {
			s := &e.Sockets[i]
			if other := seen[s.ID]; other != nil {
				t.Errorf("twice:\n%+v\n%+v", *other, *s)
			}
			seen[s.ID] = s
		}
	}
	churn.stop()
	l.Close()
	accepting.stop()
}

// bindAndConnect moves a socket from BOUND to ESTABLISHED; its connection is
// reset when it closes. The pauses keep the socket in each state for about as long
// as a read of the tables takes, so that many reads see it in both.
func bindAndConnect(to netip.AddrPort) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if err := unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}); err != nil {
		return err
	}
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return err
	}
	const pause = 500 * time.Microsecond
	time.Sleep(pause)
	if err := unix.Connect(fd, &unix.SockaddrInet4{Addr: to.Addr().As4(), Port: int(to.Port())}); err != nil {
		return err
	}
	time.Sleep(pause)
	return nil
}
