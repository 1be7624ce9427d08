package tui

import "lotop/ui"

// The screen is written in the lines and roles of package ui; these are short
// names for what stands in nearly every line of this package.
type (
	role = ui.Role
	span = ui.Span
	line = ui.Line
)

const (
	plain    = ui.Plain
	muted    = ui.Muted
	accent   = ui.Accent
	success  = ui.Success
	warning  = ui.Warning
	danger   = ui.Danger
	emphasis = ui.Emphasis
	numRoles = ui.NumRoles
)

func text(s string) line           { return ui.Text(s) }
func styled(r role, s string) line { return ui.Styled(r, s) }
func spaces(n int) string          { return ui.Spaces(n) }
