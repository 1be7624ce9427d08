//go:build !windows

package process

// indispensable knows of nobody beside those that Protected names.
func indispensable(int) string { return "" }
