//go:build !windows

package socketstest

// runAsService reports false: only Windows starts services of a test binary.
func runAsService([]string) (code int, ok bool) { return 0, false }
