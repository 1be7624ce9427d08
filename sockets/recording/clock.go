package recording

import (
	"math"
	"sync"
	"time"
)

// The slowest and fastest that a recording plays.
const (
	MinSpeed = 1.0 / 64
	MaxSpeed = 1024.0
)

// clock tells how far the play is. The controls turn it, reading looks at it;
// so no control waits for a read.
type clock struct {
	mu     sync.Mutex
	now    func() time.Time
	base   time.Duration // from the beginning of the recording, at the time since
	since  time.Time     // zero as long as nothing was played
	speed  float64
	paused bool
	end    time.Duration
	jumps  int
}

// at is how far the play is.
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

// start lets the play begin, at the first read.
func (c *clock) start() {
	if c.since.IsZero() {
		c.since = c.now()
	}
}

// rebase goes on from a time in the recording.
func (c *clock) rebase(at time.Duration) {
	if !c.since.IsZero() {
		c.since = c.now()
	}
	c.base = min(max(0, at), c.end)
}

// clampSpeed takes what cannot be a speed for the nearest that can.
func clampSpeed(x float64) float64 {
	if math.IsNaN(x) {
		return 1
	}
	return min(max(x, MinSpeed), MaxSpeed)
}
