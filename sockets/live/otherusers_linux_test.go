package live

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lotop/sockets"
	"lotop/sockets/access"
	"lotop/sockets/socketstest"
)

const nobodyUID = 65534

// Root sees the owner of another user's socket.
func TestAnotherUsersSocket(t *testing.T) {
	p := socketstest.Start(t, socketstest.AsUserNobody(), socketstest.Name("of nobody"))
	l := p.Listen("tcp4", "127.0.0.1:0")
	e := openObserver(t, SockDiag)
	e.refresh()
	if s := e.checkOwned(l); s.UID != nobodyUID || !s.HasUID {
		t.Errorf("uid %d", s.UID)
	}
	if name := e.Process(int32(p.PID())).Name.Raw(); name != "of nobody" {
		t.Errorf("owner is called %q", name)
	}
	if e.Users[nobodyUID].Raw() == "" {
		t.Errorf("no name in %v", e.Users)
	}
}

// Nobody does not see root's processes, and is told whose the sockets are and
// how many.
func TestAsAnotherUser(t *testing.T) {
	theirs := socketstest.Start(t)
	own := socketstest.Start(t, socketstest.AsUserNobody())
	l, ownL := theirs.Listen("tcp4", "127.0.0.1:0"), own.Listen("tcp4", "127.0.0.1:0")
	for _, kind := range []Kind{SockDiag, Netstat} {
		e := childSpec{Kind: kind, AsUserNobody: true}.run(t).observer(t)
		s := e.findOne(l.Network, l.Local, l.Remote)
		e.checkNoOwner(s, sockets.OtherUser)
		if !s.HasUID || s.UID != 0 {
			t.Errorf("%s: uid %d, %v", kind, s.UID, s.HasUID)
		}
		if mine := e.findOne(ownL.Network, ownL.Local, ownL.Remote); len(mine.Owners) != 1 || int(mine.Owners[0].PID) != own.PID() {
			t.Errorf("%s: its own socket is owned by %v, %v", kind, mine.Owners, mine.NoOwner)
		}
		hidden := 0
		for i := range e.Sockets {
			if e.Sockets[i].NoOwner == sockets.OtherUser {
				hidden++
			}
		}
		w := e.warning(sockets.OwnersHidden)
		if w == nil || w.Count != hidden || hidden == 0 || !strings.Contains(w.Text, "run as root") {
			t.Errorf("%s: %d hidden, warnings %+v", kind, hidden, e.Warnings)
		}
	}
}

// Root of most containers has no CAP_SYS_PTRACE: processes of other users are not
// readable, and to run as root is no help.
func TestRootWithoutPtrace(t *testing.T) {
	theirs := socketstest.Start(t, socketstest.AsUserNobody())
	l := theirs.Listen("tcp4", "127.0.0.1:0")
	e := childSpec{Kind: SockDiag, NoPtrace: true}.run(t).observer(t)
	e.checkNoOwner(e.findOne(l.Network, l.Local, l.Remote), sockets.OtherUser)
	w := e.warning(sockets.OwnersHidden)
	if w == nil || strings.Contains(w.Text, "run as root") || !strings.Contains(w.Text, " to see their processes") {
		t.Errorf("warnings %+v", e.Warnings)
	}
}

// A process that hides its descriptors even from root: the sockets that nobody
// else holds may be its own. /proc/1 is such a one on some machines.
func TestNoOwnerReason(t *testing.T) {
	for _, tt := range []struct {
		name   string
		all    bool // whether it can read the processes of all users
		as     uint32
		denied bool
		nested bool
		uid    uint32
		want   sockets.NoOwnerReason
	}{
		{"root sees all", true, 0, false, false, 0, sockets.KernelOwned},
		{"root, another's", true, 0, false, false, 7, sockets.KernelOwned},
		{"a user with capabilities, another's", true, 1000, false, false, 7, sockets.KernelOwned},
		{"a user with capabilities, denied", true, 1000, true, false, 7, sockets.Unreadable},
		{"root is denied", true, 0, true, false, 0, sockets.Unreadable},
		{"root is denied, another's", true, 0, true, false, 7, sockets.Unreadable},
		{"root in a container", true, 0, false, true, 0, sockets.OtherNamespace},
		{"denied goes first", true, 0, true, true, 0, sockets.Unreadable},
		{"a user, another's", false, 0, false, false, 7, sockets.OtherUser},
		{"a user, another's in a container", false, 0, true, true, 7, sockets.OtherUser},
		{"a user, handed on", false, 0, false, false, 1000, sockets.OtherUser},
		{"a user in a container", false, 0, false, true, 1000, sockets.OtherNamespace},
	} {
		r := &diagReader{unreadable: func(uint32) bool { return tt.denied }, rights: rights{uid: 1000}}
		r.rights.host.Verdict, r.rights.otherUsers.Verdict = access.Yes, access.No
		if tt.all {
			r.rights.uid, r.rights.otherUsers.Verdict = tt.as, access.Yes
		}
		if tt.nested {
			r.rights.host.Verdict = access.No
		}
		if got := r.noOwnerReason(tt.uid); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// What nobody in sight holds is warned of, in one or in many.
func TestNoOwnerWarnings(t *testing.T) {
	for _, tt := range []struct {
		sockets int
		want    string
	}{{1, "1 socket without an owner"}, {2, "2 sockets without an owner"}} {
		s := sockets.Snapshot{Sockets: make([]sockets.Socket, tt.sockets, 3)}
		for i := range s.Sockets {
			s.Sockets[i].Inode = 7
		}
		s.Sockets = append(s.Sockets, sockets.Socket{Inode: 8, Owners: []sockets.Owner{{PID: 1}}})
		(&diagReader{unreadable: func(uint32) bool { return true }}).setNoOwnerReasons(&s)
		if len(s.Warnings) != 1 || s.Warnings[0].Count != tt.sockets || !strings.HasPrefix(s.Warnings[0].Text, tt.want) {
			t.Errorf("%+v", s.Warnings)
		}
		if s.Sockets[0].NoOwner != sockets.Unreadable || s.Sockets[tt.sockets].NoOwner != sockets.NoReason {
			t.Errorf("%+v", s.Sockets)
		}
	}
}

// In a container the sockets of the machine's own processes are warned of, with what
// shows them.
func TestOwnersElsewhere(t *testing.T) {
	for _, tt := range []struct {
		host access.Answer
		want string
	}{
		{access.Answer{Verdict: access.No, Advice: "start the container with --pid=host", Reason: "pid:[4] is not the machine's first"}, "start the container with --pid=host to see them"},
		{access.Answer{Verdict: access.No, Reason: "pid:[4] is not the machine's first"}, "pid:[4] is not the machine's first"},
	} {
		s := sockets.Snapshot{Sockets: []sockets.Socket{{Inode: 7}, {Inode: 8}}}
		r := &diagReader{unreadable: func(uint32) bool { return false }}
		r.rights.host = tt.host
		r.setNoOwnerReasons(&s)
		want := []sockets.Warning{{Kind: sockets.OwnersElsewhere, Count: 2, Text: "2 sockets owned by processes in another PID namespace: " + tt.want}}
		if diff := cmp.Diff(want, s.Warnings); diff != "" {
			t.Error(diff)
		}
	}
}

// What a warning advises is what gives the rights that are missing here.
func TestWarningsAdvise(t *testing.T) {
	for _, tt := range []struct {
		answer         access.Answer
		uid            uint32
		hidden, denied string
	}{
		{
			answer: access.Answer{Verdict: access.No, Advice: "run as root"}, uid: 1000,
			hidden: "2 sockets owned by other users: run as root to see their processes",
			denied: "2 sockets without an owner: some processes do not let their own user read their descriptors; run as root to see them",
		},
		{
			answer: access.Answer{Verdict: access.No, Advice: "start the container with --cap-add=SYS_PTRACE"},
			hidden: "2 sockets owned by other users: start the container with --cap-add=SYS_PTRACE to see their processes",
			denied: "2 sockets without an owner: some processes do not let root read their descriptors; start the container with --cap-add=SYS_PTRACE to see them",
		},
		{
			answer: access.Answer{Verdict: access.Unknown, Reason: "/proc/self/status shows no capabilities"},
			hidden: "2 sockets owned by other users: /proc/self/status shows no capabilities",
			denied: "2 sockets without an owner: some processes do not let root read their descriptors",
		},
	} {
		r := rights{uid: tt.uid, otherUsers: tt.answer}
		if w := r.hiddenOwners(2); w.Text != tt.hidden || w.Count != 2 || w.Kind != sockets.OwnersHidden {
			t.Errorf("%+v", w)
		}
		if w := r.unreadableOwners(2); w.Text != tt.denied || w.Count != 2 || w.Kind != sockets.OwnersUnreadable {
			t.Errorf("%+v", w)
		}
	}
}
