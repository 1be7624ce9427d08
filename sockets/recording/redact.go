package recording

import (
	"path"
	"strings"

	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// redactedText replaces what is omitted.
const redactedText = "…"

// redactProcess omits everything that the process can choose. The rule for
// each field:
//
//   - Args and Command, argv[0] too, are chosen by the process. They are replaced
//     by the name of the executable, with "…" after it for further arguments.
//   - Name is also its choice (PR_SET_NAME in prctl(2)). It is replaced by the
//     executable's name as reported by the kernel, or "…" if that is unreadable.
//   - Account identifies a person, and so do the names of users.
//   - Of the cgroup, names given by a service manager or container engine stay, see
//     [redactCgroupPath].
//
// Numbers (PIDs, UIDs, times), addresses and ports stay, and so do names that
// only an administrator can choose, such as those of network interfaces.
// Directories and environments are never recorded.
func (a *encoder) redactProcess(p *process.Process) *process.Process {
	q := *p
	if q.Account.Raw() != "" {
		q.Account = untrusted.New(redactedText)
	}
	q.Name = untrusted.New(redactedText)
	if a.executable != nil {
		if name := a.executable(p); name.Raw() != "" {
			q.Name = name
		}
	}
	more := len(p.Args) > 1 || strings.ContainsAny(p.Command.Raw(), " \t\n")
	if len(p.Args) == 0 && p.Command.Raw() == "" {
		return &q
	}
	kept := []string{q.Name.Raw()}
	if more {
		kept = append(kept, redactedText)
	}
	q.Command = untrusted.New(strings.Join(kept, " "))
	if q.Args != nil {
		q.Args = kept
	}
	return &q
}

// redactCgroupPath keeps the slices and the unit of a cgroup, which service
// managers name, and the container. Names below the unit of a service, or in
// a group that is not a unit, are chosen by the user who runs there, even if
// they look like units; a unit or container found there is omitted.
func redactCgroupPath(c process.Cgroup) process.Cgroup {
	parts, own, unit, manager := strings.Split(c.Path.Raw(), "/"), false, false, len(c.Path.Raw())
	at := 0 // offset of the part
	for i, part := range parts {
		ext := path.Ext(part)
		byUser := strings.HasPrefix(part, "user@")
		switch {
		case part == "":
		case own, ext != ".slice" && ext != ".service" && ext != ".scope" && ext != ".socket":
			parts[i], own = redactedText, true
		default:
			unit = unit || strings.TrimPrefix(part, "_") == c.Unit.Raw()
			// Below user@1000.service the names are chosen by another service manager.
			own = ext != ".slice" && !byUser
		}
		if at += len(part); own || byUser {
			manager = min(manager, at) // end of the part named by the system's service manager
		}
		at++ // the slash
	}
	// Engines name containers by IDs, except these two, where the user chooses.
	if by := c.Engine; by == "lxc" || by == "nspawn" {
		if process.ParseCgroup(c.Path.Raw()[:manager]).Container != c.Container {
			c.Container = untrusted.New(redactedText)
		}
	}
	if !unit && c.Unit.Raw() != "" {
		c.Unit = untrusted.New(redactedText)
	}
	c.Path = untrusted.New(strings.Join(parts, "/"))
	return c
}
