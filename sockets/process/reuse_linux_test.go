package process

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"lotop/sockets/socketstest"
)

// TestReusedPID makes the kernel really give a pid to another process.
func TestReusedPID(t *testing.T) {
	requireRoot(t)
	h := startHelper(t, "reuse", func(cmd *exec.Cmd) {
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWPID
		cmd.SysProcAttr.Unshareflags = syscall.CLONE_NEWNS
	})
	if why, skip := strings.CutPrefix(h.ready, "skip "); skip {
		t.Skip(why)
	}
	if h.ready != "ok" {
		t.Error(h.ready)
	}
}

// helpReuse is init in a pid namespace of its own, where it chooses the pids.
func helpReuse() error {
	if err := syscall.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		fmt.Println("ready skip may not mount proc:", err)
		return nil
	}
	r := NewReader("")
	first, end, err := child()
	if err != nil {
		return err
	}
	old, err := r.Read(first)
	if err != nil {
		return err
	}
	held, err := r.Open(old)
	if err != nil {
		return err
	}
	end()
	for range 100 {
		last := strconv.Itoa(first - 1)
		if err := os.WriteFile("/proc/sys/kernel/ns_last_pid", []byte(last), 0); err != nil {
			fmt.Println("ready skip may not choose pids:", err)
			return nil
		}
		second, end, err := child()
		if err != nil {
			return err
		}
		now, err := r.Read(second)
		if err != nil {
			return err
		}
		// A thread of this process may have taken the pid, and both may have
		// started in the same tick, which needs a whole round of pids in 10 ms.
		if second != first || now.Start == old.Start {
			end()
			continue
		}
		err = reused(r, old, now, held)
		end()
		if err == nil {
			fmt.Println("ready ok")
		}
		return err
	}
	fmt.Println("ready skip the pid never came back")
	return nil
}

// reused checks that nothing meant for old reaches now.
func reused(r *Reader, old, now *Process, held *Handle) error {
	if now.Same(old) {
		return errors.New("both look the same")
	}
	if err := held.Kill(); !errors.Is(err, ErrGone) {
		return fmt.Errorf("signal through the old handle: %v", err)
	}
	if _, err := r.Open(old); !errors.Is(err, ErrGone) {
		return fmt.Errorf("open the old process: %v", err)
	}
	if _, err := r.Refresh(old); !errors.Is(err, ErrGone) {
		return fmt.Errorf("refresh the old process: %v", err)
	}
	byPID := &Handle{process: old, reader: r, fd: -1}
	if err := byPID.Kill(); !errors.Is(err, ErrGone) {
		return fmt.Errorf("signal without pidfd: %v", err)
	}
	if again, err := r.Refresh(now); err != nil || again != now {
		return fmt.Errorf("the new process was hit: %v", err)
	}
	return nil
}

// child starts a process, waits until it is itself, and gives a function that ends
// and collects it. Start returns a moment before the kernel names the process
// after its program (begin_new_exec, fs/exec.c).
func child() (pid int, end func(), err error) {
	cmd := socketstest.RoleCommand(helperRole, "wait")
	in, err := cmd.StdinPipe()
	if err != nil {
		return 0, nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, nil, err
	}
	if err := cmd.Start(); err != nil {
		return 0, nil, err
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		return 0, nil, err
	}
	return cmd.Process.Pid, func() { _ = in.Close(); _ = cmd.Wait() }, nil
}
