package access

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"lotop/sockets/socketstest"
)

func TestMain(m *testing.M) {
	os.Exit(socketstest.Main(m, socketstest.Role{Name: answererRole, Run: runChild}))
}

// answererRole is the role of a process with other rights than the test, which
// answers every question once. Its argument is the JSON of a childSpec.
const answererRole = "answerer"

// childSpec says with which rights.
type childSpec struct {
	AsUserNobody bool
	Ambient      []uintptr // capabilities that user gets
	Drop         []uintptr // capabilities that root loses, for good
	Unshare      uintptr   // namespaces of its own; a user namespace needs no root
	NoNewPrivs   bool
	Wait         bool   // until its input ends, in place of answering
	DiagErrno    uint32 // what socket answers for sock_diag, 0 for none
}

// command prepares the child.
func (c childSpec) command(t *testing.T) *exec.Cmd {
	t.Helper()
	if (c.AsUserNobody || c.Drop != nil) && os.Geteuid() != 0 {
		t.Skip("needs root to start such a process")
	}
	spec, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	cmd := socketstest.RoleCommand(answererRole, string(spec))
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{AmbientCaps: c.Ambient, Cloneflags: c.Unshare}
	if c.AsUserNobody {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: 65534, Gid: 65534}
	}
	if c.Unshare&unix.CLONE_NEWUSER != 0 {
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	return cmd
}

// during starts the child and ends it after a function.
func (c childSpec) during(t *testing.T, do func()) {
	t.Helper()
	cmd := c.command(t)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skipf("this system makes no such namespaces: %v", err)
	}
	defer func() {
		in.Close()
		_ = cmd.Wait() // what the child says counts
	}()
	if _, err := io.ReadFull(out, make([]byte, 1)); err != nil {
		t.Skipf("this system makes no such namespaces: %v", err)
	}
	do()
}

// run starts the child, and returns its answers.
func (c childSpec) run(t *testing.T) map[ID]Answer {
	t.Helper()
	said, err := c.command(t).Output()
	if err != nil {
		if c.Unshare != 0 {
			t.Skipf("this system makes no such namespaces: %v", err)
		}
		t.Fatalf("child: %v", err)
	}
	var all []Answer
	if err := json.Unmarshal(said, &all); err != nil {
		t.Fatal(err)
	}
	answers := map[ID]Answer{}
	for _, a := range all {
		answers[a.ID] = a
	}
	return answers
}

// runChild runs the role.
func runChild(spec string) error {
	var c childSpec
	if err := json.Unmarshal([]byte(spec), &c); err != nil {
		return err
	}
	if c.Drop != nil || c.NoNewPrivs {
		return c.restricted()
	}
	if c.Unshare&unix.CLONE_NEWPID != 0 {
		if err := unix.Mount("proc", "/proc", "proc", 0, ""); err != nil {
			return os.NewSyscallError("mount", err)
		}
	}
	if c.DiagErrno != 0 {
		if err := socketstest.RefuseSockDiag(c.DiagErrno); err != nil {
			return err
		}
	}
	if c.Wait {
		if _, err := os.Stdout.WriteString("."); err != nil {
			return err
		}
		_, err := io.Copy(io.Discard, os.Stdin)
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(New("").All())
}

// restricted starts the program again with fewer rights: they belong to a thread,
// and only then has root no more than what the bounding set leaves.
func (c childSpec) restricted() error {
	runtime.LockOSThread()
	if c.NoNewPrivs {
		if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
			return os.NewSyscallError("prctl", err)
		}
	}
	drop := c.Drop
	c.Drop, c.NoNewPrivs = nil, false
	spec, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return socketstest.ExecWithout(drop, answererRole, string(spec))
}
