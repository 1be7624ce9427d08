package track

import "lotop/model"

// shortLivedRow makes the row of a connection that no snapshot has shown. Who held
// its ends is not known; a listener that is still there shows whose it was.
func (m *Tracker) shortLivedRow(p *pendingClose) model.Row {
	one, other := p.endpoints[0].notification, p.endpoints[1].notification
	if one == nil {
		one, other = other, nil
	}
	r := model.Row{Socket: &one.Socket, Snapshot: m.cur.snap, RoleUnknown: true}
	if other != nil {
		r.Peer, r.Folded = &other.Socket, true
	}
	return m.orientToServer(r)
}

// foldPeer makes both ends of a row of which snapshots have shown only one, if
// the other was heard of.
func (m *Tracker) foldPeer(p *pendingClose) {
	for i := range p.endpoints {
		n := p.endpoints[i].notification
		if s := p.row.Socket; n != nil && s.Connected() && n.Socket.Local == s.Remote && n.Socket.Remote == s.Local && s.Local != s.Remote {
			r := p.row
			if r.Peer, r.Folded = &n.Socket, true; !r.RoleUnknown && !r.Inbound {
				r.Socket, r.Peer = r.Peer, r.Socket
			}
			p.row = m.orientToServer(r)
			return
		}
	}
}

// orientToServer lets the server's end of a heard connection be the row's socket, unless
// it is known to be, as far as the listeners of now and the ports show which that
// is; and keeps the row.
func (m *Tracker) orientToServer(r model.Row) model.Row {
	snap := m.cur.snap
	l := m.matcher.listenerOf(snap.Sockets, r.Socket)
	if l < 0 && r.RoleUnknown && r.Peer != nil {
		l = m.matcher.listenerOf(snap.Sockets, r.Peer)
		if l >= 0 || r.Peer.Local.Port() < r.Socket.Local.Port() {
			r.Socket, r.Peer = r.Peer, r.Socket
		}
	}
	// Of two ports that the system hands out either can be a server's.
	r.RoleUnknown = r.RoleUnknown && l < 0 && (r.Peer == nil || snap.Ephemeral.Contains(r.Socket.Local.Port()))
	r.Inbound = l >= 0 || r.Peer != nil
	r.Reach = model.ReachOf(snap, r.Socket, r.Peer)
	if l < 0 {
		return m.cur.clone(r)
	}
	r.Listener, r.Debugger = nil, m.debuggers.lookup(snap, &snap.Sockets[l])
	r = m.cur.clone(r)
	r.Listener = m.cur.cloner.listener(snap, &snap.Sockets[l])
	return r
}
