package config

import (
	"maps"
	"slices"
	"strings"

	"lotop/ui/style"
)

// applyColors applies the table of colors, which has roles and their colors.
func (p *parser) applyColors(table map[string]any) {
	for _, role := range slices.Sorted(maps.Keys(table)) {
		place := "colors." + role
		if !slices.Contains(style.RoleNames(), role) {
			p.addProblem(place, "unknown role %q: must be one of: %s", role, strings.Join(style.RoleNames(), ", "))
			continue
		}
		s, ok := table[role].(string)
		if !ok {
			p.addProblem(place, `%s: colors must be quoted, such as %s = "#88c0d0", "9" or "red"`, role, role)
			continue
		}
		if err := style.CheckColor(s); err != nil {
			p.addProblem(place, "%s: unknown color %q: %v", role, s, err)
			continue
		}
		p.config.Colors[role] = s
	}
}
