//go:build !windows

package probe

import "lotop/sockets"

func excludedPorts(sockets.Protocol, bool) []sockets.PortRange { return nil }
