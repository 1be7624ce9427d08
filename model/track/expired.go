package track

import (
	"net/netip"

	"lotop/sockets"
)

// expiredNotifications remembers the sockets whose end was told without their notice, because
// it did not come in time: a process can keep a connection that was reset for
// as long as it likes before it closes it. What has been waited for longest is
// forgotten first, so that memory stays flat.
type expiredNotifications struct {
	newer, older map[notificationKey]struct{}
}

// notificationKey is a socket: by its ID, or if that is not known by its addresses.
type notificationKey struct {
	id       sockets.ID
	addrHash uint64
}

// maxExpired bounds the half of what is remembered.
const maxExpired = 1 << 14

func (l *expiredNotifications) add(id sockets.ID, p sockets.Protocol, local, remote netip.AddrPort) {
	if len(l.newer) >= maxExpired {
		l.older, l.newer = l.newer, nil
	}
	if l.newer == nil {
		l.newer = map[notificationKey]struct{}{}
	}
	l.newer[notificationKeyOf(id, p, local, remote)] = struct{}{}
}

func notificationKeyOf(id sockets.ID, p sockets.Protocol, local, remote netip.AddrPort) notificationKey {
	if id != 0 {
		return notificationKey{id: id}
	}
	return notificationKey{addrHash: mix(endpointHash(local)+uint64(p), 0xa0761d6478bd642f) ^ endpointHash(remote)}
}

// consume tells whether the notice of that socket comes late, which it can once.
func (l *expiredNotifications) consume(s *sockets.Socket) bool {
	for _, key := range []notificationKey{{id: s.ID}, notificationKeyOf(0, s.Protocol, s.Local, s.Remote)} {
		for _, all := range []map[notificationKey]struct{}{l.newer, l.older} {
			if _, ok := all[key]; ok {
				delete(all, key)
				return true
			}
		}
	}
	return false
}
