//go:build !windows

package process

// criticalReason returns nothing: this system has no processes to protect beyond
// those that Protected checks.
func criticalReason(int) string { return "" }
