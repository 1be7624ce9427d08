//go:build linux

package socketstest

import (
	"fmt"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Storm is a few processes that make short connections, each to a listener of
// its own.
type Storm struct {
	t         testing.TB
	processes []*Process
	listeners []Sock
}

// NewStorm starts the processes; they listen, and make no connection yet.
func NewStorm(t testing.TB, processes int) *Storm {
	t.Helper()
	s := &Storm{t: t}
	for range processes {
		p := Start(t)
		s.processes = append(s.processes, p)
		s.listeners = append(s.listeners, p.Listen("tcp4", "127.0.0.1:0"))
	}
	return s
}

// Listeners are where the connections go.
func (s *Storm) Listeners() []Sock { return s.listeners }

// Blow makes that many connections in each process, all processes at once, and
// returns how long it took. Each is made, carries bytes both ways and is closed,
// now by the client first, now by the server, before the process makes its next:
// perSecond of them in a second, or as fast as it can if that is 0.
func (s *Storm) Blow(each, perSecond int) time.Duration {
	s.t.Helper()
	start := time.Now()
	err := inParallel(len(s.processes), func(i int) error {
		_, err := s.processes[i].do(request{Do: cmdStorm, FD: s.listeners[i].FD, N: each, PerSecond: perSecond})
		return err
	})
	if err != nil {
		s.t.Fatalf("a storm of connections: %v", err)
	}
	return time.Since(start)
}

// StormBytes is how many bytes a connection of a storm carries, which the port
// of its client tells.
func StormBytes(client uint16) (toServer, toClient int) {
	return 1 + int(client)%997, 1 + int(client)%499
}

// storm makes n short connections to a listener of this process.
func storm(listener, n, perSecond int) error {
	to, err := describe(listener)
	if err != nil {
		return err
	}
	start := time.Now()
	for i := range n {
		if perSecond > 0 {
			time.Sleep(time.Until(start.Add(time.Duration(i) * time.Second / time.Duration(perSecond))))
		}
		if err := gust(listener, to.Local.String(), i%2 == 0); err != nil {
			return fmt.Errorf("connection %d: %w", i, err)
		}
	}
	return nil
}

// gust makes one connection, uses it and closes it.
func gust(listener int, address string, clientFirst bool) error {
	client, err := open(request{Do: cmdConnect, Network: "tcp4", Address: address})
	if err != nil {
		return err
	}
	server, err := accept(listener)
	if err != nil {
		return err
	}
	toServer, toClient := StormBytes(client.Local.Port())
	for _, way := range []struct{ from, to, n int }{{client.FD, server.FD, toServer}, {server.FD, client.FD, toClient}} {
		if _, err := send(way.from, way.n); err != nil {
			return err
		}
		if got, err := recv(way.to, way.n); err != nil || got != way.n {
			return fmt.Errorf("%d bytes of %d: %w", got, way.n, err)
		}
	}
	ends := [2]int{client.FD, server.FD}
	if !clientFirst {
		ends[0], ends[1] = ends[1], ends[0]
	}
	for _, fd := range ends {
		if err := unix.Close(fd); err != nil {
			return err
		}
	}
	return nil
}
