package recording

import (
	"math"
	"sync"
	"time"
)

// The limits of the replay speed.
const (
	MinSpeed = 1.0 / 64
	MaxSpeed = 1024.0
)

// clock computes the position of the replay. The controls change it and reads
// query it under a mutex of its own, so that no control waits for a read.
type clock struct {
	mu     sync.Mutex
	now    func() time.Time
	base   time.Duration // position at the time since, from the start of the recording
	since  time.Time     // zero before the replay has started
	speed  float64
	paused bool
	end    time.Duration
	jumps  int
}

// at returns the position of the replay.
func (c *clock) at() time.Duration {
	if c.paused || c.since.IsZero() {
		return c.base
	}
	played := float64(c.now().Sub(c.since)) * c.speed
	if played >= float64(c.end-c.base) {
		return c.end
	}
	return c.base + max(0, time.Duration(played))
}

// start starts the replay at the first read.
func (c *clock) start() {
	if c.since.IsZero() {
		c.since = c.now()
	}
}

// rebase continues from a position in the recording.
func (c *clock) rebase(at time.Duration) {
	if !c.since.IsZero() {
		c.since = c.now()
	}
	c.base = min(max(0, at), c.end)
}

// clampSpeed returns the valid speed nearest to x.
func clampSpeed(x float64) float64 {
	if math.IsNaN(x) {
		return 1
	}
	return min(max(x, MinSpeed), MaxSpeed)
}
