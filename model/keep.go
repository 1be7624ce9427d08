package model

import (
	"lotop/sockets"
	"lotop/sockets/process"
)

// keeper copies the rows of events out of a frame. What they have in common is
// copied once, and of the processes only their own are kept: a journal outlives
// thousands of snapshots, and must not keep the processes of each.
type keeper struct {
	snap      sockets.Snapshot
	listeners map[*sockets.Socket]*sockets.Socket
}

func (f *frame) keep(r Row) Row {
	if f.kept == nil {
		f.kept = &keeper{snap: *f.snap, listeners: map[*sockets.Socket]*sockets.Socket{}}
		f.kept.snap.Sockets, f.kept.snap.Warnings = nil, nil
		f.kept.snap.Processes = map[int32]*process.Process{}
	}
	k := f.kept
	k.keepOwners(r.In, r.Socket)
	r.Socket = r.Socket.Clone()
	if r.Peer != nil {
		k.keepOwners(r.In, r.Peer)
		r.Peer = r.Peer.Clone()
	}
	if r.Listener != nil {
		r.Listener = k.listener(r.In, r.Listener)
	}
	r.In = &k.snap
	return r
}

func (k *keeper) keepOwners(in *sockets.Snapshot, s *sockets.Socket) {
	for _, o := range s.Owners {
		if p := in.Process(o.PID); p != nil {
			k.snap.Processes[o.PID] = p
		}
	}
}

func (k *keeper) listener(in *sockets.Snapshot, l *sockets.Socket) *sockets.Socket {
	c := k.listeners[l]
	if c == nil {
		c = l.Clone()
		k.listeners[l] = c
		k.keepOwners(in, l)
	}
	return c
}
