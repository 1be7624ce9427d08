//go:build !linux && !windows

package socketstest

import "os"

// childRoles returns no role: on this system there are no children.
func childRoles() []Role { return nil }

func executable() (string, error) { return os.Executable() }
