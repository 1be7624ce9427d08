//go:build !linux && !darwin && !windows

package live

import "lotop/sockets"

// open returns an error that names the unsupported system.
func open(Options) (sockets.Source, error) { return nil, sockets.ErrUnsupported }
