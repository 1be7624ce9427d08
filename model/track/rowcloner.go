package track

import (
	"lotop/model"
	"lotop/sockets"
	"lotop/sockets/process"
)

// rowCloner copies the rows of events out of a frame. What they have in common is copied
// once, and of the processes only their own: an EventLog outlives thousands of
// snapshots, and must not keep the processes of each in memory.
type rowCloner struct {
	snap      sockets.Snapshot
	listeners map[*sockets.Socket]*sockets.Socket
}

func (f *frame) clone(r model.Row) model.Row {
	if f.cloner == nil {
		f.cloner = &rowCloner{snap: *f.snap, listeners: map[*sockets.Socket]*sockets.Socket{}}
		f.cloner.snap.Sockets, f.cloner.snap.Warnings = nil, nil
		f.cloner.snap.Processes = map[int32]*process.Process{}
	}
	c := f.cloner
	c.addOwners(r.Snapshot, r.Socket)
	r.Socket = r.Socket.Clone()
	if r.Peer != nil {
		c.addOwners(r.Snapshot, r.Peer)
		r.Peer = r.Peer.Clone()
	}
	if r.Listener != nil {
		r.Listener = c.listener(r.Snapshot, r.Listener)
	}
	r.Snapshot = &c.snap
	return r
}

func (c *rowCloner) addOwners(in *sockets.Snapshot, s *sockets.Socket) {
	for _, o := range s.Owners {
		if p := in.Process(o.PID); p != nil {
			c.snap.Processes[o.PID] = p
		}
	}
}

func (c *rowCloner) listener(in *sockets.Snapshot, l *sockets.Socket) *sockets.Socket {
	clone := c.listeners[l]
	if clone == nil {
		clone = l.Clone()
		c.listeners[l] = clone
		c.addOwners(in, l)
	}
	return clone
}
