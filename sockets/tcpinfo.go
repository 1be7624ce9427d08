package sockets

import "time"

// DestroyNotification is the kernel's message that a socket was destroyed
// (sock_diag_broadcast_destroy, net/core/sock_diag.c). It names no owner: only an
// earlier snapshot can.
type DestroyNotification struct {
	Time    time.Time
	Socket  Socket
	TCPInfo TCPInfo // of TCP sockets only
}

// TCPInfo has the counters of a TCP connection (struct tcp_info,
// include/uapi/linux/tcp.h).
type TCPInfo struct {
	Known    bool
	Sent     uint64 // bytes of payload, each counted once
	Received uint64 // bytes of payload; the peer's FIN counts as one
	RTT      time.Duration
}

// TCPInfoReader is a Source that can also read the counters of single TCP
// connections. Each costs a request to the kernel, so it is used for the few
// connections that are shown, not for whole tables.
type TCPInfoReader interface {
	// Info appends the counters of each socket to dst, in the same order.
	// TCPInfo.Known is false for sockets that are closed or are no TCP connections.
	Info(dst []TCPInfo, all []*Socket) []TCPInfo
}
