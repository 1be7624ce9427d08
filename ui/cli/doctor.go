package cli

import (
	"bufio"
	"fmt"
	"runtime"
	"slices"

	"github.com/spf13/cobra"

	"lotop/sockets"
	"lotop/sockets/access"
	"lotop/sockets/untrusted"
	"lotop/ui/jsonout"
	"lotop/ui/style"
)

// newDoctor returns the command that reports what lotop can see and do here.
func (a *app) newDoctor(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "show what lotop can see and do here, and what limits it",
		Long: "doctor checks rights, namespaces, sandboxes and kernel features and changes nothing. " +
			"A question mark means that lotop could not tell. " +
			"For each limit it prints the reason and, if there is one, the command that widens it. " +
			"Exit status: 0 everything lotop can use is available, 1 something is limited, 2 error.",
		Example: `lotop doctor
# commands that widen the limits
lotop doctor --json | jq -r '.answers[] | select(.used) | .command // empty'`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              a.commandWithoutArgs(func() (int, error) { return a.doctor(o) }),
	}
}

func (a *app) doctor(o *options) (int, error) {
	answers := a.access()
	if len(answers) == 0 {
		return exitFailed, fmt.Errorf("check this system: %w", sockets.ErrUnsupported)
	}
	report := jsonout.NewDoctor(runtime.GOOS, answers)
	w := bufio.NewWriter(a.out)
	if o.json {
		if err := jsonout.WriteObject(w, report, a.terminal.out); err != nil {
			return exitFailed, fmt.Errorf("write the answers: %w", err)
		}
	} else {
		a.stdoutStyler(o).writeLines(w, doctorLines(answers, a.terminal.width))
	}
	if err := w.Flush(); err != nil {
		return exitFailed, fmt.Errorf("write the answers: %w", err)
	}
	if report.Limited {
		return exitNotFound, nil
	}
	return exitOK, nil
}

// grantCommand gives the program what it takes to see all owners and to close
// connections, on Linux.
const grantCommand = "sudo setcap cap_net_admin,cap_sys_ptrace,cap_dac_read_search+ep $(command -v lotop)"

// doctorGroups are the groups in order, with their titles.
var doctorGroups = [...]struct {
	group access.Group
	title string
}{{access.Seen, "What lotop sees"}, {access.Done, "What lotop can do"}, {access.Kernel, "What the kernel offers"}}

// doctorLines is all of it as text.
func doctorLines(answers []access.Answer, width int) []style.Line {
	idWidth, used, limits := 0, 0, 0
	for i := range answers {
		idWidth = max(idWidth, len(answers[i].ID))
		if answers[i].Used {
			used++
		}
		if answers[i].Limited() {
			limits++
		}
	}
	var lines []style.Line
	for _, g := range doctorGroups {
		start := len(lines)
		for i := range answers {
			if answers[i].Group == g.group {
				lines = append(lines, answerLines(&answers[i], idWidth, width)...)
			}
		}
		if len(lines) > start { // a system may have no question of a group
			lines = append(slices.Insert(lines, start, style.Styled(style.Muted, g.title)), nil)
		}
	}
	if limits == 0 {
		return append(lines, style.Styled(style.Success, "Everything lotop can use is available."))
	}
	summary := fmt.Sprintf("%d of %d features that lotop uses are limited.", limits, used)
	lines = append(lines, style.Styled(style.Warning, summary))
	sudoHelps := func(a access.Answer) bool { return a.ID == access.OtherUsers && a.Command == "sudo lotop" }
	if runtime.GOOS == "linux" && slices.ContainsFunc(answers, sudoHelps) {
		grant := style.Text("To see as much without sudo, for every user who can run lotop: ")
		lines = append(lines, grant.Add(style.Emphasis, grantCommand))
	}
	return lines
}

// answerLines shows an answer: its sign, ID and meaning, and under it, unless it is
// yes, what it rests on and what widens it.
func answerLines(a *access.Answer, idWidth, width int) []style.Line {
	sign, role := "✓ ", style.Success
	switch {
	case a.Limited():
		sign, role = "✗ ", style.Danger
	case a.Verdict == access.No:
		sign, role = "✗ ", style.Muted
	case a.Verdict == access.Unknown:
		sign, role = "? ", style.Warning
	}
	indent := 2 + 2 + idWidth + 2
	text := string(a.ID) + style.Spaces(idWidth-len(a.ID)+2) + a.Meaning
	lines := style.Wrap(style.Text("  ").Add(role, sign).Add(style.Plain, text), width, indent)
	if a.Verdict == access.Yes {
		return lines
	}
	// A reason can quote a variable of the environment.
	under := []style.Line{style.Text(style.Spaces(indent)).Add(style.Muted, untrusted.New(a.Reason).String())}
	switch {
	case a.Command != "":
		under = append(under, style.Text(style.Spaces(indent)+"run: ").Add(style.Emphasis, a.Command))
	case a.Advice != "":
		under = append(under, style.Text(style.Spaces(indent)+a.Advice))
	}
	return append(lines, under...)
}
