//go:build !linux && !darwin && !windows

package sockets

// open names the system that lotop cannot read.
func open(Options) (Source, error) { return nil, ErrUnsupported }
