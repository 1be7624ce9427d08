//go:build !windows

package cli

// enableColor does nothing: terminals interpret escape sequences.
func enableColor() {}
