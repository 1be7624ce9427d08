package tui

import (
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
	processContext
}

// maxContexts is how many processes are read for one frame: the rest follow with the
// next.
const maxContexts = 100

// of returns the contexts of the owners of rows, by PID.
func (c *contexts) of(rows []portlist.Row, reader processReader) map[int32]processContext {
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
		if !ok || !k.of.Same(p) {
			if read++; read > maxContexts {
				continue
			}
			k = knownContext{p, readProcessContext(reader, p.PID)}
		}
		c.known[pid], all[pid] = k, k.processContext
	}
	return all
}
