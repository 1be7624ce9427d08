package model

// unseenRow makes the row of a connection that no snapshot has shown. Who held
// its ends is not known; a listener that is still there shows whose it was.
func (m *Monitor) unseenRow(p *parting) Row {
	one, other := p.ends[0].notice, p.ends[1].notice
	if one == nil {
		one, other = other, nil
	}
	r := Row{Socket: &one.Socket, In: m.cur.snap, Unsure: true}
	if other != nil {
		r.Peer, r.Folded = &other.Socket, true
	}
	return m.faceServer(r)
}

// foldHeard makes both ends of a row of which snapshots have shown only one, if
// the other was heard of.
func (m *Monitor) foldHeard(p *parting) {
	for i := range p.ends {
		n := p.ends[i].notice
		if s := p.row.Socket; n != nil && s.Connected() && n.Socket.Local == s.Remote && n.Socket.Remote == s.Local && s.Local != s.Remote {
			r := p.row
			if r.Peer, r.Folded = &n.Socket, true; !r.Unsure && !r.Inbound {
				r.Socket, r.Peer = r.Peer, r.Socket
			}
			p.row = m.faceServer(r)
			return
		}
	}
}

// faceServer lets the server's end of a heard connection be the row's socket, unless
// it is known to be, as far as the listeners of now and the ports show which that
// is; and keeps the row.
func (m *Monitor) faceServer(r Row) Row {
	snap := m.cur.snap
	l := m.pairer.listenerOf(snap.Sockets, r.Socket)
	if l < 0 && r.Unsure && r.Peer != nil {
		l = m.pairer.listenerOf(snap.Sockets, r.Peer)
		if l >= 0 || r.Peer.Local.Port() < r.Socket.Local.Port() {
			r.Socket, r.Peer = r.Peer, r.Socket
		}
	}
	// Of two ports that the system hands out either can be a server's.
	r.Unsure = r.Unsure && l < 0 && (r.Peer == nil || snap.Ephemeral.Contains(r.Socket.Local.Port()))
	r.Inbound = l >= 0 || r.Peer != nil
	r.Reach = reachOf(snap, r.Socket, r.Peer)
	if l < 0 {
		return m.cur.keep(r)
	}
	r.Listener, r.Debugger = nil, m.debug.of(snap, &snap.Sockets[l])
	r = m.cur.keep(r)
	r.Listener = m.cur.kept.listener(snap, &snap.Sockets[l])
	return r
}
