package track

import (
	"lotop/model"
	"lotop/sockets"
	"lotop/sockets/process"
)

// rowCloner copies the rows of events out of a frame. What they have in common is
// copied once, and of the processes only their own are kept: a journal outlives
// thousands of snapshots, and must not keep the processes of each.
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
	k := f.cloner
	k.addOwners(r.Snapshot, r.Socket)
	r.Socket = r.Socket.Clone()
	if r.Peer != nil {
		k.addOwners(r.Snapshot, r.Peer)
		r.Peer = r.Peer.Clone()
	}
	if r.Listener != nil {
		r.Listener = k.listener(r.Snapshot, r.Listener)
	}
	r.Snapshot = &k.snap
	return r
}

func (k *rowCloner) addOwners(in *sockets.Snapshot, s *sockets.Socket) {
	for _, o := range s.Owners {
		if p := in.Process(o.PID); p != nil {
			k.snap.Processes[o.PID] = p
		}
	}
}

func (k *rowCloner) listener(in *sockets.Snapshot, l *sockets.Socket) *sockets.Socket {
	c := k.listeners[l]
	if c == nil {
		c = l.Clone()
		k.listeners[l] = c
		k.addOwners(in, l)
	}
	return c
}
