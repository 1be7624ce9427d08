package tui

import (
	"time"

	"lotop/model/portlist"
	"lotop/sockets/process"
)

// contexts remembers the working directories and parents of the processes that own
// ports. They hardly change, and reading them costs a dozen system calls a process.
type contexts struct {
	known map[int32]knownContext
}

type knownContext struct {
	of *process.Process
	at time.Time // when it was read
	processContext
}

// contextTTL is how long a context is taken to be unchanged: a parent can exit, and a
// server can change its directory.
const contextTTL = 3 * time.Second

// maxContexts is how many processes are read for one frame: the rest follow with the
// next.
const maxContexts = 100

// of returns the contexts of the owners of rows, by PID.
func (c *contexts) of(rows []portlist.Row, reader processReader, now time.Time) map[int32]processContext {
	before, read := c.known, 0
	c.known = make(map[int32]knownContext, len(before))
	all := make(map[int32]processContext, len(before))
	for i := range rows {
		r := &rows[i]
		if r.Kind == portlist.Connection || r.Kind == portlist.Heading {
			continue
		}
		p := r.Owner(r.Socket)
		if p == nil {
			continue
		}
		pid := int32(p.PID)
		if _, done := all[pid]; done {
			continue
		}
		k, ok := before[pid]
		same := ok && k.of.Same(p)
		if age := now.Sub(k.at); !same || age < 0 || age >= contextTTL {
			if read++; read <= maxContexts {
				k, same = knownContext{p, now, readProcessContext(reader, p.PID)}, true
			}
		}
		if !same {
			continue // it follows with the next frame
		}
		c.known[pid], all[pid] = k, k.processContext
	}
	return all
}
