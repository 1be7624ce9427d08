//go:build !linux

package cli

import "io"

// pipeClosed never tells: the next write will.
func pipeClosed(io.Writer) <-chan struct{} { return nil }
