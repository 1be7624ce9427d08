package recording

import (
	"path"
	"strings"

	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// redactedText stands where something was left out.
const redactedText = "…"

// redactProcess leaves out all that a process chose for itself. This is the rule
// for each field:
//
//   - Args and Command, argv[0] too, are the process's own choice. The name of the
//     executable stands in their place, and "…" behind it for further arguments.
//   - Name is its choice as well (PR_SET_NAME in prctl(2)). The name of the
//     executable stays, as the kernel knows it, or "…" if that cannot be read.
//   - Account tells who the person is, and so do the names of users.
//   - Of the cgroup stays what a service manager or container engine named, see
//     [redactCgroupPath].
//
// Numbers (pids, UIDs, times), addresses and ports stay, and so do names that
// only an administrator can choose, such as those of network interfaces.
// Directories and environments are in no recording.
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

// redactCgroupPath leaves of a cgroup the slices and the unit, which service managers
// name, and the container. What lies below the unit of a service, or in a group that
// is no unit, is the choice of who runs there, whatever it looks like; a unit or
// container that seems to be there goes too.
func redactCgroupPath(c process.Cgroup) process.Cgroup {
	parts, own, unit, manager := strings.Split(c.Path.Raw(), "/"), false, false, len(c.Path.Raw())
	at := 0 // where the part begins
	for i, part := range parts {
		ext := path.Ext(part)
		byUser := strings.HasPrefix(part, "user@")
		switch {
		case part == "":
		case own, ext != ".slice" && ext != ".service" && ext != ".scope" && ext != ".socket":
			parts[i], own = redactedText, true
		default:
			unit = unit || strings.TrimPrefix(part, "_") == c.Unit.Raw()
			// Below user@1000.service another service manager names the units.
			own = ext != ".slice" && !byUser
		}
		if at += len(part); own || byUser {
			manager = min(manager, at) // where the manager of the system stops
		}
		at++ // the slash
	}
	// Engines name containers by numbers, but these two by any word.
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
