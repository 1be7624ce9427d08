//go:build !unix

package tui

func (h *signalHandler) notifyStops() {}

// watchTerminal does nothing: the next write fails if the terminal was closed.
func (h *signalHandler) watchTerminal() {}

// awaitForeground is never called where cannotSuspend has a reason.
func (h *signalHandler) awaitForeground(bool) {}

// cannotSuspend returns why lotop cannot be suspended.
func cannotSuspend() string { return "this system has no job control" }
