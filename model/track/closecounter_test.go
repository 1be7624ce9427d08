package track

import (
	"fmt"
	"net/netip"
	"testing"
)

// closeCounter collects the events of each connection, by the client's address.
type closeCounter struct {
	t      *testing.T
	seed   uint64
	events map[netip.AddrPort][]Event
}

func (all *closeCounter) add(events []Event) {
	for _, e := range events {
		key := e.Row.Socket.Local
		if key.Port() == 3000 {
			key = e.Row.Socket.Remote
		}
		all.events[key] = append(all.events[key], e)
	}
}

func (all *closeCounter) check(w *kernelSim) {
	for _, c := range w.table {
		events := all.events[c.endpoints[0].Local]
		var opened, closed int
		for i := range events {
			switch e := &events[i]; e.Kind {
			case EventOpened:
				opened++
				if closed > 0 {
					all.fail(c, "opens after it closed")
				}
			case EventClosed:
				closed++
				all.count(c, e, w.delay)
			case EventChanged:
				if closed > 0 {
					all.fail(c, "changes after it closed")
				}
			}
		}
		want := 0
		if c.alive {
			want = 1
		}
		if closed != want || opened > 1 {
			all.fail(c, fmt.Sprintf("alive %v, opened %d times, closed %d times", c.alive, opened, closed))
		}
	}
}

// count compares the bytes. A notification may come too late for them, and what was
// reset may have lost count.
func (all *closeCounter) count(c *simConn, e *Event, delay int) {
	if !e.HasBytes && (delay > 0 || c.reset) {
		return
	}
	client, server := e.Received, e.Sent
	if e.Row.Socket.Local == c.endpoints[0].Local {
		client, server = server, client
	}
	exact := client == c.bytes[0] && server == c.bytes[1]
	// The counters of a single notification include the FIN.
	alone := (client == c.bytes[0] || client == c.bytes[0]+1) && (server == c.bytes[1] || server == c.bytes[1]+1)
	if delay == 0 && !c.reset && c.established && !exact || !alone {
		all.fail(c, fmt.Sprintf("sent %d and %d, reported %d and %d (%v)", c.bytes[0], c.bytes[1], client, server, sketchEvents([]Event{*e})))
	}
}

func (all *closeCounter) fail(c *simConn, what string) {
	all.t.Helper()
	all.t.Errorf("seed %d: %v reset %v: %s: %v", all.seed, c.endpoints[0].Local, c.reset, what, sketchEvents(all.events[c.endpoints[0].Local]))
}
