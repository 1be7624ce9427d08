//go:build !linux && !darwin && !windows

package live

import "lotop/sockets"

// open names the system that lotop cannot read.
func open(Options) (sockets.Source, error) { return nil, sockets.ErrUnsupported }
