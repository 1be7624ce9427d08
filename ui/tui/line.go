package tui

import "lotop/ui/style"

// The screen is written in the lines and roles of package ui; these are short
// names for what stands in nearly every line of this package.
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
