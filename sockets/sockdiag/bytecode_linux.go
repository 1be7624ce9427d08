package sockdiag

import (
	"encoding/binary"

	"lotop/sockets"
)

// The operations of a filter in a request, struct inet_diag_bc_op
// (include/uapi/linux/inet_diag.h). The port of a comparison follows it.
const (
	attrBytecode = 1 // INET_DIAG_REQ_BYTECODE

	bcJump            = 1
	bcLocalGE         = 2 // INET_DIAG_BC_S_GE
	bcLocalLE         = 3 // INET_DIAG_BC_S_LE
	bcRemoteGE        = 4 // INET_DIAG_BC_D_GE
	bcRemoteLE        = 5 // INET_DIAG_BC_D_LE
	bcCompareLen      = 8
	bcJumpLen         = 4
	bcRangeLen        = 2*bcCompareLen + bcJumpLen
	maxBytecodeRanges = 256 // with more ranges, only FilterPorts filters
)

// portBytecode returns the kernel's filter for sockets whose local or remote port is
// in one of the ranges. For each range and side it compares twice and jumps to the
// end of the program, which accepts; the last operation jumps beyond the end, which
// rejects (inet_diag_bc_run, net/ipv4/inet_diag.c). The kernel checks that every jump
// lands where the comparisons that hold lead to, so each range is a block of its own.
func portBytecode(ports []sockets.PortRange) []byte {
	if len(ports) == 0 || len(ports) > maxBytecodeRanges {
		return nil
	}
	size := 2*len(ports)*bcRangeLen + bcJumpLen
	b := make([]byte, 0, size)
	op := func(code, yes uint8, no uint16) {
		b = append(b, code, yes)
		b = binary.NativeEndian.AppendUint16(b, no)
	}
	for _, side := range [...][2]uint8{{bcLocalGE, bcLocalLE}, {bcRemoteGE, bcRemoteLE}} {
		for _, r := range ports {
			op(side[0], bcCompareLen, bcRangeLen)
			op(0, 0, r.First)
			op(side[1], bcCompareLen, bcRangeLen-bcCompareLen)
			op(0, 0, r.Last)
			op(bcJump, bcJumpLen, uint16(size-len(b)))
		}
	}
	op(bcJump, bcJumpLen, bcJumpLen+4)
	return b
}

// appendFilter appends a filter to the request that starts at start and ends b.
func appendFilter(b []byte, start int, program []byte) []byte {
	if len(program) == 0 {
		return b
	}
	ne := binary.NativeEndian
	b = ne.AppendUint16(b, uint16(4+len(program)))
	b = ne.AppendUint16(b, attrBytecode)
	b = append(b, program...)
	ne.PutUint32(b[start:], uint32(len(b)-start))
	return b
}
