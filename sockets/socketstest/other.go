//go:build !linux && !windows

package socketstest

import "testing"

// Main runs the tests: there are no children on this system.
func Main(m *testing.M) int { return m.Run() }
