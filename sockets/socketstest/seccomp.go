//go:build linux

package socketstest

import (
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// RefuseSockDiag makes socket(AF_NETLINK, …, NETLINK_SOCK_DIAG) fail in this
// process, as the seccomp profiles of some sandboxes do. The offsets are those
// of struct seccomp_data.
func RefuseSockDiag(errno uint32) error {
	const (
		load   = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
		equal  = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		answer = unix.BPF_RET | unix.BPF_K
	)
	program := []unix.SockFilter{
		{Code: load, K: 0}, // number of the system call
		{Code: equal, K: unix.SYS_SOCKET, Jf: 5},
		{Code: load, K: 16}, // low half of the family, on little-endian hosts
		{Code: equal, K: unix.AF_NETLINK, Jf: 3},
		{Code: load, K: 32}, // of the protocol
		{Code: equal, K: unix.NETLINK_SOCK_DIAG, Jf: 1},
		{Code: answer, K: unix.SECCOMP_RET_ERRNO | errno},
		{Code: answer, K: unix.SECCOMP_RET_ALLOW},
	}
	runtime.LockOSThread() // the next two belong to the thread
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return os.NewSyscallError("prctl", err)
	}
	filter := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	_, _, err := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&filter)))
	if err != 0 {
		return os.NewSyscallError("seccomp", err)
	}
	return nil
}
