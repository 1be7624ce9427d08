package live

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"runtime"
	"syscall"
	"testing"
	"unsafe"

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
	if (w.AsUserNobody || w.NoNet) && os.Geteuid() != 0 {
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
	if w.NoNet {
		// Visible to this process only, which has its own mount namespace.
		if err := unix.Mount("none", "/proc/self/net", "tmpfs", 0, ""); err != nil {
			return os.NewSyscallError("mount", err)
		}
	}
	if w.DiagErrno != 0 {
		if err := refuseDiag(uint32(w.DiagErrno)); err != nil {
			return err
		}
	}
	var said childReport
	if err := w.read(&said.Snapshot); err != nil {
		said.Error = err.Error()
	}
	said.Snapshot.Processes = nil // they cannot be unmarshaled
	said.Snapshot.Users, said.Snapshot.Interfaces = nil, nil
	for i := range said.Snapshot.Sockets {
		said.Snapshot.Sockets[i].Cgroup = nil
	}
	return json.NewEncoder(os.Stdout).Encode(&said)
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

// refuseDiag makes socket(AF_NETLINK, …, NETLINK_SOCK_DIAG) fail in this
// process, as the seccomp profiles of some sandboxes do. The offsets are those
// of struct seccomp_data.
func refuseDiag(errno uint32) error {
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

// observer returns an observer with the snapshot of the child.
func (s childReport) observer(t *testing.T) *observer {
	t.Helper()
	if s.Error != "" {
		t.Fatal(s.Error)
	}
	return &observer{t: t, Snapshot: s.Snapshot}
}
