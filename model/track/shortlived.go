package track

import "lotop/model"

// shortLivedRow returns the row of a connection that no snapshot had. Its owners are
// unknown, except that a listener which is still open shows the server's.
func (tr *Tracker) shortLivedRow(p *pendingClose) model.Row {
	n, peer := p.endpoints[0].notification, p.endpoints[1].notification
	if n == nil {
		n, peer = peer, nil
	}
	r := model.Row{Socket: &n.Socket, Snapshot: tr.cur.snap, RoleUnknown: true}
	if peer != nil {
		r.Peer, r.Folded = &peer.Socket, true
	}
	return tr.orientToServer(r)
}

// foldPeer adds the peer to a row of which snapshots had only one end, if the peer's
// notification has come.
func (tr *Tracker) foldPeer(p *pendingClose) {
	for i := range p.endpoints {
		n := p.endpoints[i].notification
		s := p.row.Socket
		if n != nil && s.Connected() && n.Socket.Local == s.Remote && n.Socket.Remote == s.Local && s.Local != s.Remote {
			r := p.row
			if r.Peer, r.Folded = &n.Socket, true; !r.RoleUnknown && !r.Inbound {
				r.Socket, r.Peer = r.Peer, r.Socket
			}
			p.row = tr.orientToServer(r)
			return
		}
	}
}

// orientToServer makes the server's side the row's socket, as far as the current
// listeners and the ports show which side that is, unless it is known already; and clones
// the row.
func (tr *Tracker) orientToServer(r model.Row) model.Row {
	snap := tr.cur.snap
	l := tr.matcher.listenerOf(snap.Sockets, r.Socket)
	if l < 0 && r.RoleUnknown && r.Peer != nil {
		l = tr.matcher.listenerOf(snap.Sockets, r.Peer)
		if l >= 0 || r.Peer.Local.Port() < r.Socket.Local.Port() {
			r.Socket, r.Peer = r.Peer, r.Socket
		}
	}
	// With two ephemeral ports either side can be the server's.
	r.RoleUnknown = r.RoleUnknown && l < 0 && (r.Peer == nil || snap.Ephemeral.Contains(r.Socket.Local.Port()))
	r.Inbound = l >= 0 || r.Peer != nil
	r.Reach = model.ReachOf(snap, r.Socket, r.Peer)
	if l < 0 {
		return tr.cur.clone(r)
	}
	r.Listener, r.Debugger = nil, tr.debuggers.lookup(snap, &snap.Sockets[l])
	r = tr.cur.clone(r)
	r.Listener = tr.cur.cloner.listener(snap, &snap.Sockets[l])
	return r
}
