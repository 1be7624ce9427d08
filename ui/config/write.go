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
	c.writeKeys(&b)
	return b.String()
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
