package recording

import (
	"path"
	"strings"

	"lotop/sockets/process"
)

// hidden stands where something was left out.
const hidden = "…"

// redactProcess leaves of the command line only which program it is and, if
// there is one, which script or subcommand it runs. The user's name goes as well.
func redactProcess(p *process.Process) *process.Process {
	q := *p
	if q.Account.Raw() != "" {
		q.Account = process.NewText(hidden)
	}
	args := p.Args
	if len(args) == 0 {
		args = strings.Fields(p.Command.Raw())
	}
	if len(args) == 0 {
		return &q
	}
	kept, rest := []string{path.Base(args[0])}, args[1:]
	switch {
	case strings.TrimSpace(args[0]) == "" || strings.ContainsAny(args[0], " \t\n"):
		// A title that the process gave itself, with anything in it.
		kept, rest = []string{p.Name.Raw()}, args
	case len(rest) > 0 && isWord(path.Base(rest[0])) && !strings.ContainsAny(rest[0], ":@="):
		kept, rest = append(kept, path.Base(rest[0])), rest[1:]
	}
	if len(rest) > 0 {
		kept = append(kept, hidden)
	}
	q.Command = process.NewText(strings.Join(kept, " "))
	if q.Args != nil {
		q.Args = kept
	}
	return &q
}

// scripts are the endings of programs that an interpreter runs.
const scripts = " .py .js .mjs .cjs .ts .mts .cts .jsx .tsx .rb .pl .php .sh .bash .zsh .lua .jar .go .exs .exe .dll .r .tcl "

// isWord tells whether an argument looks like a script or a subcommand: what
// has digits or capitals and no script's ending may as well be a password.
func isWord(s string) bool {
	if ext := path.Ext(s); len(ext) > 1 && len(s) <= 64 && strings.Contains(scripts, " "+ext+" ") {
		return s[0] != '-'
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && c != '-' {
			return false
		}
	}
	return s != "" && len(s) <= 16 && s[0] != '-'
}

// redactGroup keeps of a cgroup's path what service managers name; what else
// there is, somebody else chose.
func redactGroup(p string) string {
	parts := strings.Split(p, "/")
	for i, part := range parts {
		switch path.Ext(part) {
		case ".slice", ".service", ".scope", ".socket":
		default:
			if part != "" {
				parts[i] = hidden
			}
		}
	}
	return strings.Join(parts, "/")
}
