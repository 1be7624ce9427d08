//go:build !unix && !windows

package sockets

import "syscall"

func errnoName(e syscall.Errno) string { return e.Error() }
