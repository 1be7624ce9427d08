package live

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"lotop/sockets"
	"lotop/sockets/socketstest"
)

// background does something again and again, on a few goroutines, until the
// test ends or stop is called, which tells how often it was done.
func background(t *testing.T, goroutines int, do func() error) (stop func() int) {
	t.Helper()
	var wg sync.WaitGroup
	var mu sync.Mutex
	done, times := make(chan struct{}), 0
	for range goroutines {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				err := do()
				mu.Lock()
				times++
				mu.Unlock()
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	stop = sync.OnceValue(func() int {
		close(done)
		wg.Wait()
		return times
	})
	t.Cleanup(func() { stop() })
	return stop
}

// ownership is an owner as a snapshot tells.
type ownership struct {
	owner sockets.Owner
	inode uint64
}

// wrongOwners lists the owners of which proc says now that they live and do not hold
// the socket.
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
				continue // it has ended, a zombie perhaps
			}
			all[ownership{o, s.Inode}] = true
		}
	}
	return all
}

// Processes come, inherit, exec and go while the reads run: no read is an
// error, and no owner is named that does not hold the socket. What changed
// since a read is the next one's to tell, not the one's after it.
func TestProcessChurn(t *testing.T) {
	l := newBoundSocket(t)
	l.listen()
	file := os.NewFile(uintptr(l.fd), "listener")
	l.fd = -1
	defer file.Close()
	stop := background(t, 2, func() error {
		cmd := exec.Command("sleep", "0.002")
		cmd.ExtraFiles = []*os.File{file, file}
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: unix.SIGKILL}
		return cmd.Run()
	})
	e := openObserver(t, SockDiag)
	before, most := map[ownership]bool{}, 0
	for range 300 {
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
	if n := stop(); n < 20 || most < 2 {
		t.Fatalf("only %d processes, %d owners at most: nothing was tested", n, most)
	}
	e.refresh()
	e.checkOwners(e.findOne("tcp4", l.local, noAddr), socketstest.Sock{PID: os.Getpid(), FD: int(file.Fd())})
}

// Sockets go through their states while they are read: none is there twice.
func TestNoDuplicates(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	accepted := background(t, 1, func() error {
		conn, err := l.Accept()
		if err == nil {
			err = conn.Close()
		} else if netErr, ok := err.(*net.OpError); ok && netErr.Err == net.ErrClosed {
			return nil
		}
		return err
	})
	to := netip.MustParseAddrPort(l.Addr().String())
	stop := background(t, 2, func() error { return bindAndConnect(to) })
	e := openObserver(t, SockDiag)
	for range 300 {
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
	if n := stop(); n < 100 {
		t.Fatalf("only %d connections: nothing was tested", n)
	}
	l.Close()
	accepted()
}

// bindAndConnect is what moves a socket from BOUND to ESTABLISHED; it is reset
// when it closes.
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
	return unix.Connect(fd, &unix.SockaddrInet4{Addr: to.Addr().As4(), Port: int(to.Port())})
}
