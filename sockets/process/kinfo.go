package process

import (
	"bytes"
	"encoding/binary"
)

// Offsets within struct kinfo_proc of 64-bit macOS (bsd/sys/sysctl.h and
// bsd/sys/proc.h of xnu), little-endian.
const (
	kinfoStartSec  = 0   // i64, start time, since 1970
	kinfoStartUsec = 8   // i32
	kinfoFlags     = 32  // i32
	kinfoState     = 36  // i8
	kinfoPID       = 40  // i32
	kinfoSigIgn    = 232 // u32, one bit per signal
	kinfoName      = 243 // 17 bytes, NUL-terminated
	kinfoNameLen   = 17
	kinfoUID       = 420 // u32, effective
	kinfoParent    = 560 // i32
	kinfoLen       = 648

	kinfoTraced = 0x800 // P_TRACED
)

// kinfo is what lotop uses of struct kinfo_proc.
type kinfo struct {
	stat
	status
}

// parseKinfo parses one struct kinfo_proc. The start time is in microseconds since
// 1970. The parent of a traced process is its debugger.
func parseKinfo(b []byte) (kinfo, error) {
	if len(b) < kinfoLen {
		return kinfo{}, errTruncated
	}
	le := binary.LittleEndian
	var k kinfo
	k.pid, k.parent = int(int32(le.Uint32(b[kinfoPID:]))), int(int32(le.Uint32(b[kinfoParent:])))
	k.start = le.Uint64(b[kinfoStartSec:])*1e6 + uint64(le.Uint32(b[kinfoStartUsec:]))
	k.name, _, _ = bytes.Cut(b[kinfoName:][:kinfoNameLen], []byte{0})
	k.uid, k.hasUID = le.Uint32(b[kinfoUID:]), true
	k.sigIgn = uint64(le.Uint32(b[kinfoSigIgn:]))
	traced := le.Uint32(b[kinfoFlags:])&kinfoTraced != 0
	if traced {
		k.tracer = k.parent
	}
	switch b[kinfoState] {
	case 4: // SSTOP
		k.state = 'T'
		if traced {
			k.state = 't'
		}
	case 5: // SZOMB
		k.state = 'Z'
	default:
		k.state = 'R'
	}
	return k, nil
}

// parseProcArgs parses the result of kern.procargs2 (sysctl_procargsx,
// bsd/kern/kern_sysctl.c): the number of arguments, the path of the program, NULs,
// the arguments, then the environment, which is not read.
func parseProcArgs(b []byte) (path string, args []string) {
	if len(b) < 4 {
		return "", nil
	}
	n := binary.LittleEndian.Uint32(b)
	program, rest, _ := bytes.Cut(b[4:], []byte{0})
	rest = bytes.TrimLeft(rest, "\x00")
	for ; n > 0 && len(rest) > 0; n-- {
		arg, after, complete := bytes.Cut(rest, []byte{0})
		if !complete {
			break
		}
		args, rest = append(args, string(arg)), after
	}
	return string(program), args
}
