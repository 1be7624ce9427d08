package sockdiag

import (
	"golang.org/x/sys/unix"

	"lotop/sockets"
)

// attachPortFilter makes the kernel drop messages without a wanted local or remote
// port. The ports are big-endian, at bytes 20 and 22 of the message: 16 of header,
// then family, state, timer and retransmits (struct inet_diag_msg).
func attachPortFilter(fd int, ports []sockets.PortRange) error {
	program := bpfPortFilter(ports)
	if len(program) == 0 || len(program) > unix.BPF_MAXINSNS {
		return nil // unwanted notifications do no harm
	}
	return unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{
		Len: uint16(len(program)), Filter: &program[0],
	})
}

// bpfPortFilter returns the classic BPF program: for each side load the port, accept
// if it is in one of the ranges; else drop. A client socket that its own process
// reset has lost its remote port; then only the notification of the server's socket
// matches.
func bpfPortFilter(ports []sockets.PortRange) []unix.SockFilter {
	const (
		loadHalf = unix.BPF_LD | unix.BPF_H | unix.BPF_ABS
		below    = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K
		above    = unix.BPF_JMP | unix.BPF_JGT | unix.BPF_K
		end      = unix.BPF_RET | unix.BPF_K
		all      = 1<<32 - 1
	)
	if len(ports) == 0 {
		return nil
	}
	var p []unix.SockFilter
	for _, offset := range []uint32{20, 22} {
		p = append(p, unix.SockFilter{Code: loadHalf, K: offset})
		for _, r := range ports {
			p = append(p,
				unix.SockFilter{Code: below, K: uint32(r.First), Jt: 0, Jf: 2},
				unix.SockFilter{Code: above, K: uint32(r.Last), Jt: 1, Jf: 0},
				unix.SockFilter{Code: end, K: all},
			)
		}
	}
	return append(p, unix.SockFilter{Code: end, K: 0})
}
