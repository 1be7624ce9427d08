package probe

import (
	"errors"

	"golang.org/x/sys/unix"

	"lotop/sockets"
)

func optionsOf(s *sockets.Socket) sockets.SocketOptions {
	return sockets.SocketOptions{ReuseAddr: s.ReuseAddr, ReusePort: s.ReusePort, V6Only: s.V6Only}
}

// errDestroyUnsupported is returned because macOS has no call for it.
var errDestroyUnsupported = errors.New("macOS cannot close a connection of another process: stop that process")

func destroy(*sockets.Socket) error { return errDestroyUnsupported }

// readPortRanges reads the range of automatically assigned ports (in_pcbbind,
// bsd/netinet/in_pcb.c).
func readPortRanges(string) PortRanges {
	r := PortRanges{FirstUnprivileged: 1024}
	first, err1 := unix.SysctlUint32("net.inet.ip.portrange.first")
	last, err2 := unix.SysctlUint32("net.inet.ip.portrange.last")
	if err1 == nil && err2 == nil && first <= last && last <= 65535 {
		r.Ephemeral = sockets.PortRange{First: uint16(first), Last: uint16(last)}
	}
	return r
}
