//go:build !unix

package tui

func (h *signalHandler) notifyStops() {}

// watchTerminal never tells: the next write will.
func (h *signalHandler) watchTerminal() {}

// awaitForeground is never called where cannotSuspend has a reason.
func (h *signalHandler) awaitForeground(bool) {}

// cannotSuspend says why lotop cannot be suspended.
func cannotSuspend() string { return "this system has no job control" }
