//go:build unix && !linux && !darwin

package tui

// groupParents returns nil: only lotop's own parent is known.
func groupParents(int) []int { return nil }
