package plan

import (
	"lotop/model/bind"
	"lotop/sockets"
)

// CanDestroy reports whether root can close a single connection on an operating
// system, named as by GOOS; empty is Linux. See sockets.Destroy.
func CanDestroy(os string) bool { return os == "" || os == "linux" }

// connectionReason returns why a plan does not touch the owner of a connection; hint
// says how to have it stopped all the same.
func connectionReason(os, hint string) string {
	reason := "owns only a connection: " + hint
	if CanDestroy(os) {
		return reason + "; root can close just the connection"
	}
	return reason
}

// noOwnerReason returns why a plan does not touch a socket that has no owner.
func noOwnerReason(os string) string {
	if CanDestroy(os) {
		return "no owner: close it as root, or wait for it to expire"
	}
	return "no owner: wait for it to expire"
}

// unknownReason returns why a plan cannot do anything about a refused bind that no
// socket explains.
func unknownReason(os string, p sockets.Protocol) string {
	const none = "no listed socket explains it, so there is no process to stop"
	if p != sockets.TCP || os != "windows" {
		return none
	}
	return none + ": " + bind.ListBound + " lists sockets that are bound but not listening, with the PID"
}
