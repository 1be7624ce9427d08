//go:build linux

package socketstest

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// Load is a large number of sockets in many processes.
type Load struct {
	t           testing.TB
	processes   []*Process
	socketsEach int
	next        int // where the next Churn starts
}

// StartLoad starts processes with socketsEach sockets each, as fast as it
// can: about one in fifty a listener, the others TCP connections over
// loopback with both ends in the same process. Every process listens on its
// own address, so that the ephemeral ports suffice. The connections are reset
// when they close, so that no TIME_WAIT remains and every measurement starts
// from the same table.
func StartLoad(t testing.TB, processes, socketsEach int) *Load {
	t.Helper()
	l := &Load{t: t, socketsEach: socketsEach, processes: make([]*Process, processes)}
	t.Cleanup(l.Stop)
	err := inParallel(processes, func(i int) error {
		p, err := launch(t, newSpec(nil))
		if err != nil {
			return err
		}
		l.processes[i] = p
		_, err = p.send(request{Do: cmdLoad, Address: loadAddress(i), N: socketsEach})
		return err
	})
	if err != nil {
		t.Fatalf("start the load: %v", err)
	}
	return l
}

// loadAddress returns the address at which process i listens. The test's PID
// separates the loads of packages that are tested at the same time.
func loadAddress(i int) string {
	n := os.Getpid()*250 + i
	return fmt.Sprintf("127.%d.%d.%d:0", 1+n/62_500%250, 1+n/250%250, 1+n%250)
}

// Processes returns the processes of the load.
func (l *Load) Processes() []*Process { return l.processes }

// Sockets returns the number of sockets of the load.
func (l *Load) Sockets() int { return l.socketsEach * len(l.processes) }

// Churn replaces that fraction of all sockets, by closing and opening
// connections in one tenth of the processes, and returns how many it
// replaced: a few less if the numbers do not divide. Each call uses the next
// tenth.
func (l *Load) Churn(fraction float64) int {
	l.t.Helper()
	tenth := max(len(l.processes)/10, 1)
	n := int(fraction*float64(l.Sockets())+0.5) / tenth
	replaced := make([]int, tenth)
	err := inParallel(tenth, func(i int) error {
		p := l.processes[(l.next+i)%len(l.processes)]
		a, err := p.send(request{Do: cmdChurn, N: n})
		replaced[i] = a.N
		return err
	})
	if err != nil {
		l.t.Fatalf("churn: %v", err)
	}
	l.next = (l.next + tenth) % len(l.processes)
	total := 0
	for _, n := range replaced {
		total += n
	}
	return total
}

// Stop kills the processes and returns when they have exited, as the end of
// the test does. All are killed before the first is waited for, so that they
// exit at the same time.
func (l *Load) Stop() {
	for _, p := range l.processes {
		if p != nil {
			_ = p.signal(unix.SIGKILL)
		}
	}
	for _, p := range l.processes {
		if p != nil {
			p.kill()
		}
	}
}

// inParallel calls f for 0 to n-1, a few at a time.
func inParallel(n int, f func(int) error) error {
	errs := make([]error, n)
	slots := make(chan struct{}, 2*runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for i := range n {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			errs[i] = f(i)
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
