//go:build linux

package socketstest

import (
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// ExecWithout replaces this program by the test binary in a role, as root without
// some capabilities. It returns only an error.
func ExecWithout(capabilities []uintptr, role, arg string) error {
	// The bounding set belongs to a thread, and takes effect with exec.
	runtime.LockOSThread()
	for _, c := range capabilities {
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0); err != nil {
			return os.NewSyscallError("prctl", err)
		}
	}
	return unix.Exec("/proc/self/exe", os.Args, RoleEnviron(os.Environ(), role, arg))
}
