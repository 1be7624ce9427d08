package access

import (
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"lotop/sockets/socketstest"
)

const allNamespaces = unix.CLONE_NEWUSER | unix.CLONE_NEWNET | unix.CLONE_NEWPID | unix.CLONE_NEWNS

// expect compares some verdicts.
func expect(t *testing.T, answers map[ID]Answer, want map[ID]Verdict) {
	t.Helper()
	for id, verdict := range want {
		if a := answers[id]; a.Verdict != verdict {
			t.Errorf("%s: %v, want %v: %+v", id, a.Verdict, verdict, a)
		}
	}
}

// Another process with the same rights, that uses the features of this kernel:
// what is asked has an answer, and both agree.
func TestRoot(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	if own := parseStatus(b); !own.has(capSysPtrace) || !own.has(capNetAdmin) || !own.has(capKill) {
		t.Skip("this root lacks capabilities")
	}
	expect(t, childSpec{}.run(t), map[ID]Verdict{OtherUsers: Yes, SignalOtherUsers: Yes, "unhidden_processes": Yes})
}

func TestOrdinaryUser(t *testing.T) {
	answers := childSpec{AsUserNobody: os.Geteuid() == 0}.run(t)
	expect(t, answers, map[ID]Verdict{OtherUsers: No, SignalOtherUsers: No, CloseSockets: No, "bpf": No})
	for _, id := range []ID{OtherUsers, SignalOtherUsers} {
		if a := answers[id]; !a.Limited() || a.Reason == "" || a.Advice == "" {
			t.Errorf("%+v", a)
		}
	}
}

// A user's rights are the capabilities of the program, not the user's ID.
func TestUserWithCapabilities(t *testing.T) {
	answers := childSpec{AsUserNobody: true, Ambient: []uintptr{unix.CAP_SYS_PTRACE, unix.CAP_DAC_READ_SEARCH, unix.CAP_NET_ADMIN}}.run(t)
	expect(t, answers, map[ID]Verdict{OtherUsers: Yes, SignalOtherUsers: No})
	if answers[sockDestroy].Verdict == Yes {
		expect(t, answers, map[ID]Verdict{CloseSockets: Yes})
	}
}

// Root of a container lacks CAP_SYS_PTRACE unless it was given.
func TestRootWithoutCapabilities(t *testing.T) {
	answers := childSpec{Drop: []uintptr{unix.CAP_SYS_PTRACE, unix.CAP_NET_ADMIN}}.run(t)
	expect(t, answers, map[ID]Verdict{OtherUsers: No, CloseSockets: No})
	if a := answers[OtherUsers]; !strings.Contains(a.Reason, "CAP_SYS_PTRACE") || strings.Contains(a.Command, "sudo") {
		t.Errorf("%+v", a)
	}
}

// Inside namespaces of its own a process is root and sees all there is there, and
// is told that this is not the machine.
func TestNamespaces(t *testing.T) {
	answers := childSpec{Unshare: allNamespaces}.run(t)
	expect(t, answers, map[ID]Verdict{
		HostProcesses: No, "host_network": No, OtherUsers: Yes, SignalOtherUsers: Yes, "bpf": No, "single_network": Yes,
	})
	if answers[sockDestroy].Verdict == Yes {
		expect(t, answers, map[ID]Verdict{CloseSockets: Yes})
	}
}

// In a user namespace alone a process is root in name: no other process is in it.
func TestUserNamespaceAlone(t *testing.T) {
	answers := childSpec{Unshare: unix.CLONE_NEWUSER}.run(t)
	expect(t, answers, map[ID]Verdict{OtherUsers: No, SignalOtherUsers: No, CloseSockets: No})
	if a := answers[OtherUsers]; a.Command != "" && strings.Contains(a.Command, "sudo") || a.Advice == "" {
		t.Errorf("%+v", a)
	}
}

// A process in a network namespace of its own is one more that lotop does not read.
func TestOtherNetworks(t *testing.T) {
	childSpec{Unshare: allNamespaces, Wait: true}.during(t, func() {
		c := newChecker("/proc")
		if n := c.countOtherNetworks(); n < 1 {
			t.Errorf("%d other network namespaces", n)
		}
		if a := New("").Check("single_network"); a.Verdict == Yes {
			t.Errorf("%+v", a)
		}
	})
}

func TestNoNewPrivs(t *testing.T) {
	expect(t, childSpec{}.run(t), map[ID]Verdict{"gain_privileges": parentGains(t)})
	answers := childSpec{AsUserNobody: os.Geteuid() == 0, NoNewPrivs: true}.run(t)
	expect(t, answers, map[ID]Verdict{"gain_privileges": No, OtherUsers: No})
	if a := answers[OtherUsers]; strings.Contains(a.Command, "sudo") {
		t.Errorf("sudo does not work there: %+v", a)
	}
}

func parentGains(t *testing.T) Verdict {
	t.Helper()
	set, err := unix.PrctlRetInt(unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return verdictOf(set == 0)
}

// What a seccomp filter refuses is a no with the errno, whatever this user may do.
func TestSockDiagRefused(t *testing.T) {
	for _, errno := range []syscall.Errno{unix.EPERM, unix.EPROTONOSUPPORT} {
		answers := childSpec{DiagErrno: uint32(errno)}.run(t)
		expect(t, answers, map[ID]Verdict{
			SockDiag: No, sockDestroy: No, destroyNotifications: No, udpDiag: No, CloseSockets: No, "no_seccomp": No, fdCounts: childSpec{}.run(t)[fdCounts].Verdict,
		})
		if a := answers[SockDiag]; !strings.Contains(a.Reason, unix.ErrnoName(errno)) || !a.Limited() {
			t.Errorf("%v: %+v", errno, a)
		}
	}
	// An error that says nothing of the kind is no answer.
	expect(t, childSpec{DiagErrno: uint32(unix.ENOMEM)}.run(t), map[ID]Verdict{SockDiag: Unknown, sockDestroy: Unknown, CloseSockets: Unknown})
}

// The probes leave every socket alone.
func TestProbesDisturbNothing(t *testing.T) {
	p := socketstest.Start(t)
	l := p.Listen("tcp4", "127.0.0.1:0")
	client := p.Dial(l.Local.String())
	server := p.Accept(l)
	for range 3 {
		if a := New("").Check(CloseSockets); a.Verdict == Unknown {
			t.Errorf("%+v", a)
		}
		New("").All()
	}
	p.Send(client, 100)
	if n := p.Recv(server, 100); n != 100 {
		t.Errorf("received %d bytes", n)
	}
	p.Accept(again(t, p, l))
}

// again makes another connection, to prove that the listener listens.
func again(t *testing.T, p *socketstest.Process, l socketstest.Sock) socketstest.Sock {
	t.Helper()
	p.Dial(l.Local.String())
	return l
}

// Whatever root of proc is given, an empty one tells nothing, and says so.
func TestEmptyProc(t *testing.T) {
	c := New(t.TempDir())
	for _, id := range []ID{OtherUsers, HostProcesses, SignalOtherUsers, "host_network", "single_network", "unhidden_processes", "no_seccomp", "gain_privileges"} {
		if a := c.Check(id); a.Verdict != Unknown || a.Reason == "" || !strings.HasPrefix(a.Meaning, "could not tell whether ") {
			t.Errorf("%+v", a)
		}
	}
}

// Rights are a thread's: one that gave them up has them no more, whatever the main
// thread may do.
func TestThread(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root to give it up")
	}
	done := make(chan [2]Answer)
	go offMainThread(func() {
		before := New("").Check(SignalOtherUsers)
		if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, 65534, 65534, 65534); errno != 0 {
			before.Verdict = Unknown
		}
		done <- [2]Answer{before, New("").Check(SignalOtherUsers)}
	})
	got := <-done
	if got[0].Verdict != Yes {
		t.Skipf("root may not do it here: %+v", got[0])
	}
	if got[1].Verdict != No {
		t.Errorf("%+v", got[1])
	}
}

// offMainThread runs do on a thread that is not the first and ends with it.
func offMainThread(do func()) {
	runtime.LockOSThread() // for good: no other goroutine gets this thread
	if unix.Gettid() != os.Getpid() {
		do()
		return
	}
	done := make(chan struct{})
	go func() { // on another one, as this one is locked
		defer close(done)
		offMainThread(do)
	}()
	<-done
	runtime.UnlockOSThread()
}
