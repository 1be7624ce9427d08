package cli

import (
	"cmp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"lotop/model/query"
)

// manPage returns the man page of a command tree, in the macros of man(7). Its date
// is that of the commit, so that builds of the same commit are identical.
func manPage(root *cobra.Command, b build) string {
	day, _, _ := strings.Cut(b.date, "T")
	p := &page{}
	p.line(`.TH ` + strings.ToUpper(root.Name()) + ` 1 "` + day + `" "` + root.Name() + `" "User Commands"`)
	p.section("Name")
	p.text(root.Name() + " - " + root.Short)
	p.section("Synopsis")
	commands := manCommands(root)
	for _, cmd := range append([]*cobra.Command{root}, commands...) {
		p.synopsis(cmd)
	}
	p.section("Description")
	p.text(root.Long)
	p.section("Options")
	root.InitDefaultHelpFlag()
	root.InitDefaultVersionFlag()
	p.flags(root.LocalFlags())
	p.section("Commands")
	for _, cmd := range commands {
		p.command(cmd)
	}
	p.section("Queries")
	p.text("Separate terms with spaces; all must match.")
	for _, t := range query.Help() {
		p.item(bold(t.Term), t.Meaning)
	}
	p.section("Environment")
	p.item(bold("NO_COLOR"), "if set, disables color unless --color=always")
	p.item(bold("TERM"), "dumb: disables the interactive view and color in help")
	p.item(bold("LC_ALL")+", "+bold("LC_CTYPE")+", "+bold("LANG"), "the first that is set is the locale; unless it is UTF-8, signs are those of ASCII, as with --ascii")
	p.section("Configuration")
	for i, line := range strings.Split(configHelp, "\n") {
		if i == 0 {
			p.text(line)
			continue
		}
		where, what, _ := strings.Cut(line, ", ")
		p.item(bold(where), what)
	}
	p.section("Exit status")
	for line := range strings.Lines(exitHelp) {
		code, meaning, _ := strings.Cut(strings.TrimSpace(line), " ")
		p.item(bold(code), strings.TrimSpace(meaning))
	}
	p.section("Examples")
	p.example(root.Example)
	return p.String()
}

// manCommands returns the commands that the man page describes.
func manCommands(root *cobra.Command) []*cobra.Command {
	var all []*cobra.Command
	for _, cmd := range root.Commands() {
		if cmd.IsAvailableCommand() && cmd.Name() != "help" {
			all = append(all, cmd)
		}
	}
	return all
}

// page is the text of a man page.
type page struct{ strings.Builder }

func (p *page) line(s string) { p.WriteString(s + "\n") }

func (p *page) section(title string) { p.line(".SH " + strings.ToUpper(title)) }

// text adds paragraphs.
func (p *page) text(s string) {
	for i, paragraph := range strings.Split(strings.TrimSpace(s), "\n\n") {
		if i > 0 {
			p.line(".PP")
		}
		for line := range strings.SplitSeq(paragraph, "\n") {
			p.line(roffLine(strings.TrimSpace(line)))
		}
	}
}

// item adds a term, which is in roff, and its meaning.
func (p *page) item(term, meaning string) {
	p.line(".TP")
	p.line(term)
	p.line(roffLine(meaning))
}

// example adds lines that are not filled.
func (p *page) example(s string) {
	p.line(".PP\n.nf\n.RS 4")
	for line := range strings.SplitSeq(s, "\n") {
		p.line(roffLine(line))
	}
	p.line(".RE\n.fi")
}

// synopsis adds the usage line of a command, with placeholders in italics.
func (p *page) synopsis(cmd *cobra.Command) {
	line := bold(cmd.CommandPath()) + ` [\fIoptions\fP]`
	if words := strings.Fields(cmd.Use); len(words) > 1 {
		line += ` \fI` + roff(strings.Join(words[1:], " ")) + `\fP`
	}
	if cmd.HasParent() && cmd.HasSubCommands() {
		var names []string
		for _, sub := range cmd.Commands() {
			names = append(names, roff(sub.Name()))
		}
		line += " " + strings.Join(names, "|")
	}
	p.line(".PP")
	p.line(line)
}

// command adds the subsection of a command.
func (p *page) command(cmd *cobra.Command) {
	p.line(".SS " + roff(cmd.CommandPath()))
	if cmd.HasSubCommands() {
		p.text(cmd.Short) // subcommands are described by their help
		return
	}
	p.text(cmp.Or(cmd.Long, cmd.Short))
	p.flags(ownFlags(cmd))
	p.sharedFlags(cmd)
	if cmd.Example != "" {
		p.example(cmd.Example)
	}
}

// ownFlags returns the flags of a command that root does not have.
func ownFlags(cmd *cobra.Command) *pflag.FlagSet {
	own := pflag.NewFlagSet(cmd.Name(), pflag.ContinueOnError)
	flags, _ := splitFlags(cmd)
	for _, f := range flags {
		if cmd.Root().Flags().Lookup(f.Name) == nil {
			own.AddFlag(f)
		}
	}
	return own
}

// sharedFlags names the flags of a command that are described under Options.
func (p *page) sharedFlags(cmd *cobra.Command) {
	var names []string
	flags, _ := splitFlags(cmd)
	for _, f := range flags {
		if cmd.Root().Flags().Lookup(f.Name) != nil {
			names = append(names, bold("--"+f.Name))
		}
	}
	if len(names) > 0 {
		p.line(".PP")
		p.line("Options described above: " + strings.Join(names, ", ") + ".")
	}
}

// flags adds the flags of a set, each with the name of its value.
func (p *page) flags(set *pflag.FlagSet) {
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Deprecated != "" {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		term := bold("--" + f.Name)
		if f.Shorthand != "" {
			term = bold("-"+f.Shorthand) + ", " + term
		}
		if value != "" {
			term += ` \fI` + roff(value) + `\fP`
		}
		p.item(term, usage)
	})
}

func bold(s string) string { return `\fB` + roff(s) + `\fP` }

// roff escapes text, so that nothing in it is an escape sequence and hyphens can be
// copied.
func roff(s string) string {
	return strings.NewReplacer(`\`, `\e`, `-`, `\-`, `'`, `\(aq`, "`", `\(ga`, `^`, `\(ha`, `~`, `\(ti`).Replace(s)
}

// roffLine escapes a whole line, which must not begin with a request.
func roffLine(s string) string {
	if s = roff(s); strings.HasPrefix(s, ".") {
		return `\&` + s
	}
	return s
}
