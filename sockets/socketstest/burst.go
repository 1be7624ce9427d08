//go:build linux

package socketstest

import (
	"fmt"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Burst is a few processes that make short connections, each to a listener of
// its own.
type Burst struct {
	t             testing.TB
	processes     []*Process
	listeners     []Sock
	timeWaitEvery int
}

// NewBurst starts the processes; they listen, and make no connection yet. One of
// remains connections leaves a TIME_WAIT, now at the client's end, now at the
// server's. Of the others the server closes its end, and then the client resets
// what is left: thousands of TIME_WAITs take their ports from other tests.
func NewBurst(t testing.TB, processes, remains int) *Burst {
	t.Helper()
	s := &Burst{t: t, timeWaitEvery: remains}
	for range processes {
		p := Start(t)
		s.processes = append(s.processes, p)
		s.listeners = append(s.listeners, p.Listen("tcp4", "127.0.0.1:0"))
	}
	return s
}

// Listeners are where the connections go.
func (s *Burst) Listeners() []Sock { return s.listeners }

// Run makes that many connections in each process, all processes at once, and
// returns how long it took. Each is made, carries bytes both ways and is closed
// before the process makes its next: perSecond of them in a second, or as fast as it
// can if that is 0.
func (s *Burst) Run(each, perSecond int) time.Duration {
	s.t.Helper()
	start := time.Now()
	err := inParallel(len(s.processes), func(i int) error {
		_, err := s.processes[i].send(request{Do: cmdBurst, FD: s.listeners[i].FD, N: each, PerSecond: perSecond, TimeWaitEvery: s.timeWaitEvery})
		return err
	})
	if err != nil {
		s.t.Fatalf("connection burst: %v", err)
	}
	return time.Since(start)
}

// BurstBytes is how many bytes a connection of a storm carries, which the port
// of its client tells.
func BurstBytes(client uint16) (toServer, toClient int) {
	return 1 + int(client)%997, 1 + int(client)%499
}

// runBurst makes n short connections to a listener of this process.
func runBurst(q request) error {
	to, err := sockInfo(q.FD)
	if err != nil {
		return err
	}
	start := time.Now()
	for i := range q.N {
		if q.PerSecond > 0 {
			time.Sleep(time.Until(start.Add(time.Duration(i) * time.Second / time.Duration(q.PerSecond))))
		}
		end := reset
		if i%q.TimeWaitEvery == 0 {
			end = [...]closeOrder{clientFirst, serverFirst}[i/q.TimeWaitEvery%2]
		}
		if err := shortConn(q.FD, to.Local.String(), end); err != nil {
			return fmt.Errorf("connection %d: %w", i, err)
		}
	}
	return nil
}

// closeOrder is how a connection of a storm is closed.
type closeOrder uint8

const (
	clientFirst closeOrder = iota
	serverFirst
	reset
)

// shortConn makes one connection, uses it and closes it.
func shortConn(listener int, address string, end closeOrder) error {
	client, err := open(request{Do: cmdConnect, Network: "tcp4", Address: address})
	if err != nil {
		return err
	}
	server, err := accept(listener)
	if err != nil {
		return err
	}
	toServer, toClient := BurstBytes(client.Local.Port())
	for _, way := range []struct{ from, to, n int }{{client.FD, server.FD, toServer}, {server.FD, client.FD, toClient}} {
		if _, err := send(way.from, way.n); err != nil {
			return err
		}
		if got, err := recv(way.to, way.n); err != nil || got != way.n {
			return fmt.Errorf("received %d of %d bytes: %w", got, way.n, err)
		}
	}
	first, last := client.FD, server.FD
	if end != clientFirst {
		first, last = last, first
	}
	if err := unix.Close(first); err != nil {
		return err
	}
	if end == reset {
		if _, err := recv(last, 1); err != nil { // up to the other's FIN
			return err
		}
		if err := linger0(last); err != nil {
			return err
		}
	}
	return unix.Close(last)
}
