package config

import (
	"fmt"
	"strconv"
	"strings"

	"lotop/sockets/untrusted"
	"lotop/ui"
	"lotop/ui/style"
	"lotop/ui/tui/keymap"
)

// Text returns the configuration as a commented file, from which Load reads the same
// configuration. path is named in the file, unless it is empty.
func (c *Config) Text(path string) string {
	var b strings.Builder
	b.WriteString("# lotop configuration. Omitted settings use their defaults; flags override this file.\n")
	if path != "" {
		// It may contain any byte, even a line break.
		b.WriteString("# Path: " + untrusted.New(path).String() + "\n")
	}
	fmt.Fprintf(&b, "\n# Refresh interval, at least %v.\n", MinInterval)
	fmt.Fprintf(&b, "interval = %s\n", tomlString(c.Interval.String()))
	b.WriteString("\n# Color theme. NO_COLOR disables color in every theme.\n")
	for _, t := range style.Themes() {
		fmt.Fprintf(&b, "#   %-10s %s\n", t.Name, t.Description)
	}
	fmt.Fprintf(&b, "theme = %s\n", tomlString(c.Theme))
	b.WriteString("\n# Table columns, from left to right. In a narrow terminal the least\n" +
		"# important are hidden. Available:\n")
	fmt.Fprintf(&b, "#   %s\n", strings.Join(ui.TableColumns(), ", "))
	fmt.Fprintf(&b, "columns = %s\n", tomlList(c.Columns))
	c.writeColors(&b)
	c.writeKeys(&b)
	return b.String()
}

// roleUses are what the roles are used for.
var roleUses = map[string]string{
	"text":     "ports, programs",
	"quiet":    "titles, hints, what says nothing new",
	"accent":   "the active view, the sorted column",
	"good":     "live, new, free",
	"notice":   "changed, incomplete",
	"danger":   "exposed, in use, closed",
	"emphasis": "bold text",
}

func (c *Config) writeColors(b *strings.Builder) {
	b.WriteString(`
# Colors of your own, by role, over those of the theme: "#88c0d0", a number from 0 to 255,
# "default" (the terminal's text color), or the name of one of its 16 colors:
`)
	for _, names := range style.WrapWords(strings.Join(style.ColorNames(), ", "), 90) {
		b.WriteString("#   " + names + "\n")
	}
	b.WriteString("[colors]\n")
	for _, role := range style.RoleNames() {
		line := "# " + role + " = \"\""
		if s, ok := c.Colors[role]; ok {
			line = role + " = " + tomlString(s)
		}
		fmt.Fprintf(b, "%-40s # %s\n", line, roleUses[role])
	}
}

func (c *Config) writeKeys(b *strings.Builder) {
	b.WriteString(`
# Key bindings, [] to unbind. Write characters as typed: "x", "S", "?". Other keys
# have names: "up", "pgdown", "space", "f5". Modifiers are prefixes: "ctrl+f", "alt+x", "shift+tab".
# ctrl+c and ctrl+z cannot be changed.
[keys]
`)
	group := ""
	for _, a := range keymap.Actions() {
		if a.Name == "" {
			continue
		}
		if a.Group != group {
			group = a.Group
			fmt.Fprintf(b, "\n# %s\n", group)
		}
		fmt.Fprintf(b, "%-40s # %s\n", a.Name+" = "+tomlList(c.Keys[a.Name]), a.Description)
	}
}

func tomlList(all []string) string {
	quoted := make([]string, len(all))
	for i, s := range all {
		quoted[i] = tomlString(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// tomlString returns a basic string of TOML. Its escapes are those of Go for printable
// text, which is all that is passed here.
func tomlString(s string) string { return strconv.Quote(s) }
