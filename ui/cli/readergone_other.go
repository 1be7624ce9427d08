//go:build !linux

package cli

import "io"

// readerGone never tells: the next write will.
func readerGone(io.Writer) <-chan struct{} { return nil }
