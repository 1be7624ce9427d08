package process

import "time"

// clockTick is the length of a clock tick in /proc: USER_HZ is 100 on every
// architecture that Go supports.
const clockTick = 10 * time.Millisecond

// startTime returns the time of day of a start time in clock ticks since boot. It is no
// finer than a tick: two readers measure the time of boot some nanoseconds apart, and
// would give a process two start times.
func (r *Reader) startTime(start uint64) time.Time {
	return r.boot.Add(time.Duration(start) * clockTick).Round(clockTick)
}
