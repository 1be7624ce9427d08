package cli

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The help of a command lists the flags that act there, and those of every
// command apart.
func TestFlagsInHelp(t *testing.T) {
	for command, want := range map[string]string{
		"":       "--all --at --interval --json --no-mouse --no-state --pin --record --redact --replay --source --theme --view",
		"list":   "--all --at --columns --format --json --no-header --record --redact --replay --reverse --sort --source --unfold",
		"ports":  "--all --at --columns --format --json --no-header --record --redact --replay --reverse --sort --source",
		"watch":  "--all --at --columns --for --format --interval --json --no-header --record --redact --replay --source",
		"why":    "--connect --json --source --udp",
		"free":   "--clients --dry-run --force --grace --json --signal --source --udp --yes",
		"wait":   "--free --json --source --timeout --udp",
		"config": "--interval --theme",
		"doctor": "--json",
		"man":    "",
	} {
		help := setting{}.run(t, append(strings.Fields(command), "--help")...).out
		before, global, _ := strings.Cut(help, "\nGlobal flags:\n")
		_, own, _ := strings.Cut(before, "\nFlags:\n")
		if got := listedFlags(own); got != want {
			t.Errorf("lotop %s\n got %s\nwant %s", command, got, want)
		}
		everywhere := "--ascii --color --help"
		if command == "" {
			everywhere += " --version"
		}
		if got := listedFlags(global); got != everywhere {
			t.Errorf("lotop %s: global flags %s, want %s", command, got, everywhere)
		}
	}
}

// The help of a command that does not exist is an error, as the command is.
func TestHelpOfUnknownCommand(t *testing.T) {
	for word, hint := range map[string]string{"nope": "run lotop help for a list", "kill": "did you mean lotop help free?", "list extra": ""} {
		r := setting{}.run(t, append([]string{"help"}, strings.Fields(word)...)...)
		if r.code != 2 || r.out != "" || !strings.Contains(r.err, "unknown command "+word) || !strings.Contains(r.err, hint) {
			t.Errorf("lotop help %s: %+v", word, r)
		}
	}
	if r := (setting{}).run(t, "help", "completion", "bash"); r.code != 0 || !strings.Contains(r.out, "lotop completion bash") {
		t.Errorf("lotop help completion bash: %+v", r)
	}
}

// listedFlags returns the names that begin lines of a section of the help.
func listedFlags(section string) string {
	var all []string
	for line := range strings.Lines(section) {
		for _, word := range strings.Fields(line[:min(len(line), len("  -a, --all "))]) {
			if strings.HasPrefix(word, "--") {
				all = append(all, strings.Fields(line[strings.Index(line, "--"):])[0])
			}
		}
	}
	return strings.Join(all, " ")
}

// The help has every flag with its value and its description as they are written,
// whatever words these begin with.
func TestHelpIsLiteral(t *testing.T) {
	root := (&app{getenv: func(string) string { return "" }}).newRoot(nil)
	for _, cmd := range append([]*cobra.Command{root}, root.Commands()...) {
		lines := helpLines(cmd, 0)
		var text strings.Builder
		for _, l := range lines {
			for _, span := range l {
				text.WriteString(span.Text)
			}
			text.WriteByte('\n')
		}
		help := text.String()
		if strings.Contains(help, "`") || strings.Contains(help, "(default )") || strings.Contains(help, "0s)") {
			t.Errorf("%s: a backquote or an empty default in\n%s", cmd.Name(), help)
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !strings.Contains(help, "--"+f.Name) || !strings.Contains(help, "  "+f.Usage) {
				t.Errorf("%s: no --%s  %s in\n%s", cmd.Name(), f.Name, f.Usage, help)
			}
		})
		for _, sub := range cmd.Commands() {
			if sub.Short != strings.ToLower(sub.Short[:1])+sub.Short[1:] || !strings.Contains(help, sub.Short) {
				t.Errorf("%s: no %q in\n%s", cmd.Name(), sub.Short, help)
			}
		}
	}
	for _, c := range []struct{ command, want string }{
		{"why", "  use UDP instead of TCP\n"},
		{"free", "      --dry-run         print the plan"},
		{"list", "      --replay FILE    show the recording in FILE"},
	} {
		if help := (setting{}).run(t, c.command, "--help").out; !strings.Contains(help, c.want) {
			t.Errorf("no %q in\n%s", c.want, help)
		}
	}
}

// The help of a narrow terminal is wrapped, and a description stays in its column.
func TestHelpWidth(t *testing.T) {
	narrow := setting{terminal: terminal{out: true, width: 60}}.run(t, "why", "--help", "--color", "never").out
	if !strings.Contains(narrow, "\n      --source SOURCE  where to read sockets from: auto,\n                       diag, netstat (default auto)\n") {
		t.Errorf("%s", narrow)
	}
}
