package sockdiag

import (
	"encoding/binary"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The value of SO_MEMINFO: an array of u32 (enum of SK_MEMINFO_…,
// include/uapi/linux/sock_diag.h).
const (
	memInfoDrops = 4 * 8
	memInfoLen   = 4 * 16 // more than the kernel returns
)

// getsockopt reads an option whose value is an array, which package unix cannot, and
// returns its length.
func getsockopt(fd, level, option int, value []byte) (int, error) {
	size := uint32(len(value))
	_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), uintptr(level), uintptr(option),
		uintptr(unsafe.Pointer(&value[0])), uintptr(unsafe.Pointer(&size)), 0)
	if errno != 0 {
		return 0, errno
	}
	return int(size), nil
}

func nativeUint32(b []byte) uint32 { return binary.NativeEndian.Uint32(b) }
