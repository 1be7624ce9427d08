package sockets

// Informer is a Source that can also tell what the kernel counts on single TCP
// connections. That costs a question for each, so it is asked for the few that
// are looked at, not for whole tables.
type Informer interface {
	// Info appends to dst what is counted on each socket, in their order.
	// TCPInfo.Known is false for what has gone or is no TCP connection.
	Info(dst []TCPInfo, all []*Socket) []TCPInfo
}
