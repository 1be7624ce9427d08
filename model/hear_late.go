package model

import (
	"net/netip"

	"lotop/sockets"
)

// late remembers the sockets whose end was told without their notice, because
// it did not come in time: a process can keep a connection that was reset for
// as long as it likes before it closes it. What has been waited for longest is
// forgotten first, so that memory stays flat.
type late struct {
	newer, older map[lateKey]struct{}
}

// lateKey is a socket: by its ID, or if that is not known by its addresses.
type lateKey struct {
	id  sockets.ID
	end uint64
}

// lateAtMost bounds the half of what is remembered.
const lateAtMost = 1 << 14

func (l *late) add(id sockets.ID, p sockets.Protocol, local, remote netip.AddrPort) {
	if len(l.newer) >= lateAtMost {
		l.older, l.newer = l.newer, nil
	}
	if l.newer == nil {
		l.newer = map[lateKey]struct{}{}
	}
	l.newer[lateKeyOf(id, p, local, remote)] = struct{}{}
}

func lateKeyOf(id sockets.ID, p sockets.Protocol, local, remote netip.AddrPort) lateKey {
	if id != 0 {
		return lateKey{id: id}
	}
	return lateKey{end: mix(endKey(local)+uint64(p), 0xa0761d6478bd642f) ^ endKey(remote)}
}

// take tells whether the notice of that socket comes late, which it can once.
func (l *late) take(s *sockets.Socket) bool {
	for _, key := range []lateKey{{id: s.ID}, lateKeyOf(0, s.Protocol, s.Local, s.Remote)} {
		for _, all := range []map[lateKey]struct{}{l.newer, l.older} {
			if _, ok := all[key]; ok {
				delete(all, key)
				return true
			}
		}
	}
	return false
}
