package process

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// From bsd/kern/syscalls.master and bsd/sys/proc_info.h of xnu.
const (
	sysProcInfo = 336
	procInfoPID = 2  // PROC_INFO_CALL_PIDINFO
	vnodePaths  = 9  // PROC_PIDVNODEPATHINFO, for the process's own user and root
	pidPath     = 11 // PROC_PIDPATHINFO, for every user
)

// procInfo queries the kernel about a process, as proc_pidinfo of libproc does, and
// reports whether it has filled b.
func procInfo(pid, flavor int, b []byte) bool {
	_, _, errno := unix.Syscall6(sysProcInfo, procInfoPID, uintptr(pid), uintptr(flavor), 0,
		uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
	return errno == 0
}

// cwdAndExe returns working directory and executable of a process, each empty if this
// user may not read it.
func (r *Reader) cwdAndExe(pid int) (cwd, exe string) {
	buf, ok := r.buffers.Get().(*[]byte)
	if !ok {
		b := make([]byte, 4*maxPath) // PROC_PIDPATHINFO_MAXSIZE
		buf = &b
	}
	defer r.buffers.Put(buf)
	b := *buf
	clear(b) // the paths of the last process
	if procInfo(pid, pidPath, b) {
		exe = parsePath(b)
	}
	if b = b[:vnodePathsLen]; procInfo(pid, vnodePaths, b) {
		cwd = parseCwd(b)
	}
	return cwd, exe
}
