//go:build linux || darwin

package process

import (
	"context"
	"fmt"
	"time"
)

// pollEvery is how often a process without pidfd is checked: on macOS every one.
const pollEvery = 25 * time.Millisecond

// checkIdentity returns an error unless the process still has the same start time.
func (h *Handle) checkIdentity() error {
	now, err := h.reader.stat(h.process.PID)
	if err != nil {
		return fmt.Errorf("open process %d: %w", h.process.PID, err)
	}
	if now.start != h.process.Start {
		return fmt.Errorf("open process %d: PID reused by another process: %w", h.process.PID, ErrGone)
	}
	return nil
}

// pollExit is Wait for processes without pidfd.
func (h *Handle) pollExit(ctx context.Context) error {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for !h.exited() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
	return nil
}
