package track

import (
	"net/netip"

	"lotop/sockets"
)

// expiredNotifications is a set of sockets whose close was emitted without their destroy
// notification, because that did not arrive in time: a process can keep a connection that
// was reset open for as long as it likes. The oldest are dropped first, so that memory
// stays bounded.
type expiredNotifications struct {
	newer, older map[notificationKey]struct{}
}

// notificationKey identifies a socket: by its ID, or by its addresses if the ID is
// unknown.
type notificationKey struct {
	id       sockets.ID
	addrHash uint64
}

// maxExpired bounds each of the two generations.
const maxExpired = 1 << 14

func (x *expiredNotifications) add(id sockets.ID, p sockets.Protocol, local, remote netip.AddrPort) {
	if len(x.newer) >= maxExpired {
		x.older, x.newer = x.newer, nil
	}
	if x.newer == nil {
		x.newer = map[notificationKey]struct{}{}
	}
	x.newer[notificationKeyOf(id, p, local, remote)] = struct{}{}
}

func notificationKeyOf(id sockets.ID, p sockets.Protocol, local, remote netip.AddrPort) notificationKey {
	if id != 0 {
		return notificationKey{id: id}
	}
	return notificationKey{addrHash: mix(endpointHash(local)+uint64(p), 0xa0761d6478bd642f) ^ endpointHash(remote)}
}

// consume reports whether the notification of that socket is late, and removes the
// socket: each notification comes once.
func (x *expiredNotifications) consume(s *sockets.Socket) bool {
	for _, key := range []notificationKey{{id: s.ID}, notificationKeyOf(0, s.Protocol, s.Local, s.Remote)} {
		for _, set := range []map[notificationKey]struct{}{x.newer, x.older} {
			if _, ok := set[key]; ok {
				delete(set, key)
				return true
			}
		}
	}
	return false
}
