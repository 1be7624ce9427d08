//go:build linux || darwin

package process

import (
	"context"
	"fmt"
	"time"
)

// pollEvery is how often a process without pidfd is looked at: on macOS every
// one.
const pollEvery = 25 * time.Millisecond

// checkIdentity compares the start time.
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

func (h *Handle) pollExit(ctx context.Context) error {
	again := time.NewTicker(pollEvery)
	defer again.Stop()
	for !h.exited() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-again.C:
		}
	}
	return nil
}
