package sockets

import "time"

// DestroyNotification is the kernel's word that a socket has ended (net/core/sock_diag.c,
// sock_diag_broadcast_destroy). It has no owner any more: who held it is known
// only to those who saw the socket while it lived.
type DestroyNotification struct {
	Time    time.Time
	Socket  Socket
	TCPInfo TCPInfo // of a TCP socket
}

// TCPInfo is what the kernel counts on a TCP connection (struct tcp_info,
// include/uapi/linux/tcp.h).
type TCPInfo struct {
	Known    bool
	Sent     uint64 // bytes of payload, each counted once
	Received uint64 // bytes of payload; the peer's FIN counts as one
	RTT      time.Duration
}

// TCPInfoReader is a Source that can also tell what the kernel counts on single TCP
// connections. That costs a question for each, so it is asked for the few that
// are looked at, not for whole tables.
type TCPInfoReader interface {
	// Info appends to dst what is counted on each socket, in their order.
	// TCPInfo.Known is false for what has gone or is no TCP connection.
	Info(dst []TCPInfo, all []*Socket) []TCPInfo
}
