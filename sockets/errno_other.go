//go:build !unix

package sockets

import "syscall"

func errnoName(e syscall.Errno) string { return e.Error() }
