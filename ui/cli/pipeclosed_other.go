//go:build !linux

package cli

import "io"

// pipeClosed returns a channel that is never closed: the next write fails instead.
func pipeClosed(io.Writer) <-chan struct{} { return nil }
