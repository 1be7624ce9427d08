package config

import (
	"fmt"
	"strconv"
	"strings"

	"lotop/sockets/process"
	"lotop/ui/tui"
)

// Text writes the configuration as a file with comments, which Load reads as
// the same. path is where that file would be, empty if nowhere.
func (c *Config) Text(path string) string {
	var b strings.Builder
	b.WriteString("# The configuration of lotop. What is left out is as without a file; flags win over it.\n")
	if path != "" {
		// It can hold anything, a new line too.
		b.WriteString("# lotop looks for it at " + process.NewText(path).String() + "\n")
	}
	fmt.Fprintf(&b, "\n# How often the screen looks at the tables, at least %v.\n", LeastInterval)
	fmt.Fprintf(&b, "interval = %s\n", quote(c.Interval.String()))
	b.WriteString("\n# The colours of the screen. Where NO_COLOR is set there are none, whatever the theme.\n")
	for _, t := range tui.Themes() {
		fmt.Fprintf(&b, "#   %-10s %s\n", t.Name, t.About)
	}
	fmt.Fprintf(&b, "theme = %s\n", quote(c.Theme))
	b.WriteString("\n# The columns of the table, from left to right. Where there is no room for all, the less important\n" +
		"# are left out. There are:\n")
	fmt.Fprintf(&b, "#   %s\n", strings.Join(tui.Columns(), ", "))
	fmt.Fprintf(&b, "columns = %s\n", list(c.Columns))
	c.writeKeys(&b)
	return b.String()
}

func (c *Config) writeKeys(b *strings.Builder) {
	b.WriteString(`
# The keys of every action, [] for none. A letter or sign stands as it is typed: "x", "S", "?". Others
# have names: "up", "pgdown", "space", "f5". "ctrl+", "alt+" and "shift+" go before: "ctrl+f", "shift+tab".
# ctrl+c and ctrl+z are always the same.
[keys]
`)
	group := ""
	for _, a := range tui.Actions() {
		if a.Name == "" {
			continue
		}
		if a.Group != group {
			group = a.Group
			fmt.Fprintf(b, "\n# %s\n", group)
		}
		fmt.Fprintf(b, "%-40s # %s\n", a.Name+" = "+list(c.Keys[a.Name]), a.Does)
	}
}

func list(all []string) string {
	quoted := make([]string, len(all))
	for i, s := range all {
		quoted[i] = quote(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// quote writes a basic string of TOML. Only printable text gets here, for which
// Go's escapes are the same.
func quote(s string) string { return strconv.Quote(s) }
