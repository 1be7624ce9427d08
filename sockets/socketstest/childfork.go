//go:build linux

package socketstest

import (
	"encoding/json"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// fork starts a grandchild. It uses syscall.ForkExec because an os.File for a
// socket would close it when it is garbage-collected.
func fork(q *forkRequest) (int, error) {
	env, err := childEnviron(q.Config)
	if err != nil {
		return 0, err
	}
	in, err := unix.Open(q.Commands, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, &os.PathError{Op: "open", Path: q.Commands, Err: err}
	}
	defer func() { _ = unix.Close(in) }()
	out, err := unix.Open(q.Answers, unix.O_WRONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, &os.PathError{Op: "open", Path: q.Answers, Err: err}
	}
	defer func() { _ = unix.Close(out) }()

	files := []uintptr{uintptr(in), uintptr(out), 2}
	for _, fd := range q.FDs {
		files = append(files, uintptr(fd))
	}
	pid, err := syscall.ForkExec(selfExe, q.Args, &syscall.ProcAttr{
		Dir: q.Dir, Env: env, Files: files, Sys: processAttr(q.AsUserNobody, q.Outlives),
	})
	if err != nil {
		return 0, os.NewSyscallError("fork", err)
	}
	// A zombie would look like a process that does not exit.
	go func() {
		for {
			if _, err := unix.Wait4(pid, nil, 0, nil); err != unix.EINTR {
				return
			}
		}
	}()
	return pid, nil
}

// processAttr returns the attributes of a child. It is killed when the thread
// that started it exits, unless outlives is set.
func processAttr(asNobody, outlives bool) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{}
	if !outlives {
		attr.Pdeathsig = syscall.SIGKILL
	}
	if asNobody {
		attr.Credential = &syscall.Credential{Uid: nobodyID, Gid: nobodyID}
	}
	return attr
}

// childEnviron returns the environment of a child.
func childEnviron(config childConfig) ([]string, error) {
	text, err := json.Marshal(config)
	if err != nil {
		return nil, err
	}
	return RoleEnviron(os.Environ(), childRole, string(text)), nil
}
