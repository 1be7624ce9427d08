package tui

import "lotop/ui/style"

// The screen consists of the lines and roles of package ui/style; these are short
// names for what nearly every file of this package uses.
type (
	role = style.Role
	span = style.Span
	line = style.Line
)

const (
	plain    = style.Plain
	muted    = style.Muted
	accent   = style.Accent
	success  = style.Success
	warning  = style.Warning
	danger   = style.Danger
	emphasis = style.Emphasis
	numRoles = style.NumRoles
)

func text(s string) line           { return style.Text(s) }
func styled(r role, s string) line { return style.Styled(r, s) }
func spaces(n int) string          { return style.Spaces(n) }
