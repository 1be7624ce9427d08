package sockdiag

import "lotop/sockets"

const (
	sockDestroy = 21  // SOCK_DESTROY, include/uapi/linux/sock_diag.h
	nlmFlagAck  = 0x4 // NLM_F_ACK
)

// Destroy closes a socket, identified by its addresses and its cookie, whichever
// process owns it (sock_diag_destroy, net/core/sock_diag.c). It needs CAP_NET_ADMIN.
func (d *Conn) Destroy(s *sockets.Socket) error {
	_, err := d.request(nil, s, sockDestroy, nlmFlagAck)
	return err
}
