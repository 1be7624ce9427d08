package cli

import (
	"bufio"
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"lotop/ui/style"
)

// maxHelpWidth keeps paragraphs readable in a wide terminal.
const maxHelpWidth = 100

// addHelp sets the help of the command tree, in lotop's wording: cobra's own
// begins descriptions with a capital letter.
func (a *app) addHelp(root *cobra.Command, o *options) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "help":
			cmd.Short = "print the help of a command"
			cmd.Run, cmd.RunE = nil, helpOf
		case "completion":
			cmd.Short = "print a completion script for a shell"
			for _, shell := range cmd.Commands() {
				shell.Short = "print the completion script for " + shell.Name()
			}
		}
	}
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		w := bufio.NewWriter(a.out)
		a.stdoutStyler(o).writeLines(w, helpLines(cmd, a.helpWidth()))
		if err := w.Flush(); err != nil {
			a.setExit(exitFailed, err)
		}
	})
}

// helpOf prints the help of the command that the arguments name.
func helpOf(cmd *cobra.Command, args []string) error {
	found, rest, err := cmd.Root().Find(args)
	if err != nil || len(rest) > 0 {
		hint := "run lotop help for a list"
		if command := intendedCommand(args[0]); command != "" {
			hint = "did you mean lotop help " + command + "?"
		}
		return fmt.Errorf("unknown command %s: %s", strings.Join(args, " "), hint)
	}
	found.InitDefaultHelpFlag()
	return found.Help()
}

// helpWidth returns the width of the help in cells.
func (a *app) helpWidth() int {
	if a.terminal.width <= 0 {
		return maxHelpWidth
	}
	return min(a.terminal.width, maxHelpWidth)
}

// helpLines returns the help of a command.
func helpLines(cmd *cobra.Command, width int) []style.Line {
	var lines []style.Line
	about := cmp.Or(cmd.Long, cmd.Short)
	for paragraph := range strings.SplitSeq(strings.TrimSpace(about), "\n") {
		lines = append(lines, style.Wrap(style.Text(strings.ReplaceAll(paragraph, "\t", "  ")), width, 0)...)
	}
	sections := helpSections(cmd)
	column := 0
	for _, s := range sections {
		for _, e := range s.entries {
			if e.about != "" {
				column = max(column, style.Width(e.name)+2)
			}
		}
	}
	for _, s := range sections {
		if len(s.entries) == 0 {
			continue
		}
		lines = append(lines, nil, style.Styled(style.Emphasis, s.title+":"))
		for _, e := range s.entries {
			if e.about == "" { // a command line to copy
				lines = append(lines, style.Text("  "+e.name))
				continue
			}
			line := style.Text("  ").Add(style.Accent, e.name).Pad(2+column).Add(style.Plain, e.about)
			lines = append(lines, style.Wrap(line, width, 2+column)...)
		}
	}
	return lines
}

// helpSection is a part of a help text.
type helpSection struct {
	title   string
	entries []helpEntry
}

// helpEntry is a command, a flag or a command line, which has no description.
type helpEntry struct{ name, about string }

func helpSections(cmd *cobra.Command) []helpSection {
	usage := []helpEntry{{cmd.UseLine(), ""}}
	var examples, commands []helpEntry
	if cmd.HasAvailableSubCommands() {
		usage = append(usage, helpEntry{cmd.CommandPath() + " COMMAND", ""})
	}
	if cmd.Example != "" {
		for line := range strings.SplitSeq(cmd.Example, "\n") {
			examples = append(examples, helpEntry{line, ""})
		}
	}
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() || sub.Name() == "help" {
			commands = append(commands, helpEntry{strings.TrimSuffix(sub.Use, " [flags]"), sub.Short})
		}
	}
	own, global := splitFlags(cmd)
	return []helpSection{
		{"Usage", usage},
		{"Examples", examples},
		{"Commands", commands},
		{"Flags", flagEntries(own)},
		{"Global flags", flagEntries(global)},
	}
}

// splitFlags returns the flags that act on this command, and those that every
// command has.
func splitFlags(cmd *cobra.Command) (own, global []*pflag.Flag) {
	everywhere := cmd.Root().PersistentFlags()
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		switch {
		case f.Hidden || f.Deprecated != "":
		case everywhere.Lookup(f.Name) == f || f.Name == "help" || f.Name == "version":
			global = append(global, f)
		default:
			own = append(own, f)
		}
	})
	return own, global
}

func flagEntries(flags []*pflag.Flag) []helpEntry {
	entries := make([]helpEntry, 0, len(flags))
	for _, f := range flags {
		value, about := pflag.UnquoteUsage(f)
		name := "    --" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", --" + f.Name
		}
		if value != "" {
			name += " " + value
		}
		if f.DefValue != "" && f.DefValue != "false" {
			about += " (default " + f.DefValue + ")"
		}
		entries = append(entries, helpEntry{name, about})
	}
	return entries
}
