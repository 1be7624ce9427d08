package live

import (
	"lotop/sockets"
	"lotop/sockets/access"
)

// rights are the answers that decide whose processes a source can see.
type rights struct {
	uid        uint32
	otherUsers access.Answer
	host       access.Answer // whether the whole machine's processes are in proc
}

func newRights(proc string) rights {
	c := access.New(proc)
	return rights{uid: c.UID(), otherUsers: c.Check(access.OtherUsers), host: c.Check(access.HostProcesses)}
}

// readsAll reports whether the descriptors of every user's processes are readable.
func (r *rights) readsAll() bool { return r.otherUsers.Verdict == access.Yes }

// reads reports whether those of a user's processes are.
func (r *rights) reads(uid uint32) bool { return uid == r.uid || r.readsAll() }

// hiddenOwners warns of sockets whose processes other users run.
func (r *rights) hiddenOwners(n int) sockets.Warning {
	return sockets.Warning{
		Kind: sockets.OwnersHidden, Count: n,
		Text: sockets.Count(n, "socket") + " owned by other users: " + r.otherUsers.Purpose("see their processes"),
	}
}

// unreadableOwners warns of sockets whose processes hide what they hold.
func (r *rights) unreadableOwners(n int) sockets.Warning {
	user, widen := "their own user", ""
	switch {
	case r.uid == 0:
		user = "root"
	case r.readsAll():
		user = "lotop"
	}
	if r.otherUsers.Verdict == access.No {
		widen = "; " + r.otherUsers.Purpose("see them")
	}
	return sockets.Warning{
		Kind: sockets.OwnersUnreadable, Count: n,
		Text: sockets.Count(n, "socket") + " without an owner: some processes do not let " + user + " read their descriptors" + widen,
	}
}

// ownersElsewhere warns of sockets whose processes are in another PID namespace.
func (r *rights) ownersElsewhere(n int) sockets.Warning {
	return sockets.Warning{
		Kind: sockets.OwnersElsewhere, Count: n,
		Text: sockets.Count(n, "socket") + " owned by processes in another PID namespace: " + r.host.Purpose("see them"),
	}
}

// fallbackReason says why sock_diag is not used, and what would allow it.
func fallbackReason(proc string, err error) string {
	a := access.New(proc).Check(access.SockDiag)
	switch {
	case a.Verdict != access.No:
		return err.Error() // something that was not asked for
	case a.Advice != "":
		return a.Reason + "; " + a.Purpose("use it")
	}
	return a.Reason
}
