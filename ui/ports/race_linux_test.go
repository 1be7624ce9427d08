package ports

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lotop/model/bind"
	"lotop/model/plan"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/socketstest"
)

// TestProcessesThatExitFirst lets processes end between the plan and its
// execution, and others take the port.
func TestProcessesThatExitFirst(t *testing.T) {
	ctx := context.Background()
	f := newService()
	for i := range 10 {
		first := socketstest.Start(t)
		port := socketstest.FreePort(t, "tcp")
		first.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", port))
		p, err := f.PlanPort(ctx, bind.Target{Protocol: sockets.TCP, Port: port, Hosts: bind.AnyHost()}, plan.Options{})
		if err != nil || len(p.ToStop) != 1 {
			t.Fatalf("%v, %+v", err, p)
		}
		first.Kill()
		second := socketstest.Start(t)
		second.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", port))
		r, err := f.Execute(ctx, &p, FreeOptions{Grace: time.Second})
		if err != nil || len(r.Outcomes) != 1 || r.Outcomes[0].Result != process.Gone || r.Outcomes[0].Signal != 0 || r.After.Verdict != bind.VerdictTaken {
			t.Errorf("%d: %v, %+v", i, err, r)
		}
		if !second.Alive() {
			t.Errorf("%d: the second process was stopped", i)
		}
	}
}

// TestReusedPIDs really gives the pids of a plan to other processes before the
// plan is carried out.
func TestReusedPIDs(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can make a pid namespace")
	}
	cmd := socketstest.RoleCommand(namespaceRole, "")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Pdeathsig: syscall.SIGKILL, Cloneflags: syscall.CLONE_NEWPID, Unshareflags: syscall.CLONE_NEWNS,
	}
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	said := strings.TrimSpace(string(out))
	if why, skip := strings.CutPrefix(said, "skip "); skip || errors.Is(err, unix.EPERM) {
		t.Skip(why, err)
	}
	if err != nil || said != "ok" {
		t.Errorf("%q, %v", said, err)
	}
}

// raceForPIDs is init in a pid namespace of its own, where it chooses the pids.
func raceForPIDs(string) error {
	if err := syscall.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		fmt.Println("skip may not mount proc:", err)
		return nil
	}
	for range 5 {
		if err := raceOnce(); err != nil {
			return err
		}
	}
	fmt.Println("ok")
	return nil
}

func raceOnce() error {
	ctx := context.Background()
	first, err := startListener("0", 0)
	if err != nil {
		return err
	}
	port, err := strconv.ParseUint(first.port, 10, 16)
	if err != nil {
		return err
	}
	f := newService()
	p, err := f.PlanPort(ctx, bind.Target{Protocol: sockets.TCP, Port: uint16(port), Hosts: bind.AnyHost()}, plan.Options{Root: true})
	if err != nil {
		return err
	}
	if len(p.ToStop) != 1 || p.ToStop[0].PID != first.pid {
		return fmt.Errorf("the plan is %+v", p)
	}
	first.end()
	second, err := replace(f, p.ToStop[0], first)
	if err != nil {
		return err
	}
	defer second.end()
	r, err := f.Execute(ctx, &p, FreeOptions{Signal: syscall.SIGKILL, Grace: time.Second})
	if err != nil {
		return err
	}
	if len(r.Outcomes) != 1 || r.Outcomes[0].Result != process.Gone || r.Outcomes[0].Signal != 0 {
		return fmt.Errorf("outcomes %+v", r.Outcomes)
	}
	if r.After.Verdict != bind.VerdictTaken || len(r.After.Blockers) == 0 || r.After.Blockers[0].Row.Owner(r.After.Blockers[0].Row.Socket).PID != first.pid {
		return fmt.Errorf("the second process does not own the port: %+v", r.After)
	}
	return nil
}

// replace starts a process that gets both the PID and the port of one that exited.
func replace(f *Service, old *process.Process, first listener) (listener, error) {
	for {
		second, err := startListener(first.port, first.pid)
		if err != nil {
			return listener{}, err
		}
		now, err := f.Reader.Read(first.pid)
		if err != nil {
			return listener{}, err
		}
		if !now.Same(old) {
			return second, nil
		}
		// Pid and start name a process. Two of the same pid in the same tick of 10 ms
		// would take a whole round of all pids in that time; only a test that chooses
		// pids gets there.
		second.end()
	}
}

// listener is a process that listens on a port.
type listener struct {
	pid  int
	port string
	end  func() // ends and reaps it
}

// startListener starts one on a port, with that PID unless it is 0.
func startListener(port string, pid int) (listener, error) {
	for range 200 {
		if pid != 0 {
			if err := os.WriteFile("/proc/sys/kernel/ns_last_pid", []byte(strconv.Itoa(pid-1)), 0); err != nil {
				return listener{}, err
			}
		}
		cmd := socketstest.RoleCommand(listenRole, port)
		in, err := cmd.StdinPipe()
		if err != nil {
			return listener{}, err
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			return listener{}, err
		}
		if err := cmd.Start(); err != nil {
			return listener{}, err
		}
		end := func() { _ = in.Close(); _ = cmd.Wait() }
		line, err := bufio.NewReader(out).ReadString('\n')
		if err != nil && err != io.EOF {
			return listener{}, err
		}
		// A thread of this process may have taken the pid.
		if pid == 0 || cmd.Process.Pid == pid {
			return listener{pid: cmd.Process.Pid, port: strings.TrimSpace(line), end: end}, nil
		}
		end()
	}
	return listener{}, fmt.Errorf("pid %d never came back", pid)
}
