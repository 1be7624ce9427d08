//go:build linux

package socketstest

import (
	"fmt"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Burst is a few processes that open short connections, each to its own
// listener.
type Burst struct {
	t             testing.TB
	processes     []*Process
	listeners     []Sock
	timeWaitEvery int
}

// NewBurst starts the processes, which listen. One of timeWaitEvery
// connections leaves a TIME_WAIT, alternately at the client's and at the
// server's end. The others are reset by the client after the server has
// closed its end: thousands of TIME_WAITs would take the ports of other
// tests.
func NewBurst(t testing.TB, processes, timeWaitEvery int) *Burst {
	t.Helper()
	s := &Burst{t: t, timeWaitEvery: timeWaitEvery}
	for range processes {
		p := Start(t)
		s.processes = append(s.processes, p)
		s.listeners = append(s.listeners, p.Listen("tcp4", "127.0.0.1:0"))
	}
	return s
}

// Listeners returns the listeners that the connections go to.
func (s *Burst) Listeners() []Sock { return s.listeners }

// Run opens that many connections in each process, in all processes at once,
// and returns how long it took. Each connection is opened, used in both
// directions and closed before the process opens the next: perSecond of them
// in a second, or as fast as possible if that is 0.
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

// BurstBytes returns how many bytes a connection of a burst carries; they
// follow from the port of its client.
func BurstBytes(client uint16) (toServer, toClient int) {
	return 1 + int(client)%997, 1 + int(client)%499
}

// runBurst opens n short connections to a listener of this process.
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
		order := reset
		if i%q.TimeWaitEvery == 0 {
			order = [...]closeOrder{clientFirst, serverFirst}[i/q.TimeWaitEvery%2]
		}
		if err := shortConn(q.FD, to.Local.String(), order); err != nil {
			return fmt.Errorf("connection %d: %w", i, err)
		}
	}
	return nil
}

// closeOrder is how a connection of a burst is closed.
type closeOrder uint8

const (
	clientFirst closeOrder = iota
	serverFirst
	reset
)

// shortConn opens one connection, uses it and closes it.
func shortConn(listener int, address string, order closeOrder) error {
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
	if order != clientFirst {
		first, last = last, first
	}
	if err := unix.Close(first); err != nil {
		return err
	}
	if order == reset {
		if _, err := recv(last, 1); err != nil { // reads to the FIN of the peer
			return err
		}
		if err := linger0(last); err != nil {
			return err
		}
	}
	return unix.Close(last)
}
