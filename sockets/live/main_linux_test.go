package live

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"lotop/sockets"
	"lotop/sockets/probe"
	"lotop/sockets/socketstest"
)

func TestMain(m *testing.M) {
	os.Exit(socketstest.Main(m, socketstest.Role{Name: readerRole, Run: runChild}))
}

// readerRole is the role of a process with other rights than the test, which reads
// the sockets once and prints the result. Its argument is the JSON of a childSpec.
const readerRole = "reader"

// childSpec configures such a process.
type childSpec struct {
	Kind         Kind
	AsUserNobody bool
	DiagErrno    int             // errno that socket(2) returns for sock_diag, 0 for none
	NoNet        bool            // without /proc/net; needs root
	NoPtrace     bool            // as root without CAP_SYS_PTRACE, as in most containers
	Destroy      *sockets.Socket // close this socket instead of reading
}

// childReport is what the child read.
type childReport struct {
	Error    string
	Snapshot sockets.Snapshot
}

// run starts the child and waits for its report.
func (w childSpec) run(t *testing.T) childReport {
	t.Helper()
	if (w.AsUserNobody || w.NoNet || w.NoPtrace) && os.Geteuid() != 0 {
		t.Skip("needs root to start such a process")
	}
	spec, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	cmd := socketstest.RoleCommand(readerRole, string(spec))
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	if w.AsUserNobody {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: 65534, Gid: 65534}
	}
	if w.NoNet {
		cmd.SysProcAttr.Unshareflags = unix.CLONE_NEWNS
	}
	said, err := cmd.Output()
	if err != nil {
		t.Fatalf("child: %v", err)
	}
	var all childReport
	if err := json.NewDecoder(bytes.NewReader(said)).Decode(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

// runChild runs the role.
func runChild(spec string) error {
	var w childSpec
	if err := json.Unmarshal([]byte(spec), &w); err != nil {
		return err
	}
	if w.NoPtrace {
		return w.withoutPtrace()
	}
	if w.NoNet {
		// Visible to this process only, which has its own mount namespace.
		if err := unix.Mount("none", "/proc/self/net", "tmpfs", 0, ""); err != nil {
			return os.NewSyscallError("mount", err)
		}
	}
	if w.DiagErrno != 0 {
		if err := socketstest.RefuseSockDiag(uint32(w.DiagErrno)); err != nil {
			return err
		}
	}
	var said childReport
	if err := w.read(&said.Snapshot); err != nil {
		said.Error = err.Error()
	}
	said.Snapshot.Processes = nil // they cannot be unmarshaled
	said.Snapshot.Users, said.Snapshot.Interfaces, said.Snapshot.AddressInterfaces = nil, nil, nil
	for i := range said.Snapshot.Sockets {
		said.Snapshot.Sockets[i].Cgroup = nil
	}
	return json.NewEncoder(os.Stdout).Encode(&said)
}

// withoutPtrace starts the child again: root gets what the bounding set leaves.
func (w childSpec) withoutPtrace() error {
	w.NoPtrace = false
	spec, err := json.Marshal(w)
	if err != nil {
		return err
	}
	return socketstest.ExecWithout([]uintptr{unix.CAP_SYS_PTRACE}, readerRole, string(spec))
}

func (w *childSpec) read(into *sockets.Snapshot) error {
	if w.Destroy != nil {
		return probe.Destroy(w.Destroy)
	}
	source, err := Open(Options{Kind: w.Kind})
	if err != nil {
		return err
	}
	defer source.Close()
	return source.Read(context.Background(), into)
}

// observer returns an observer with the snapshot of the child.
func (s childReport) observer(t *testing.T) *observer {
	t.Helper()
	if s.Error != "" {
		t.Fatal(s.Error)
	}
	return &observer{t: t, Snapshot: s.Snapshot}
}
