package process

import "time"

// clockTick is how long a clock tick of /proc is: USER_HZ is 100 on every
// architecture that Go runs on.
const clockTick = 10 * time.Millisecond

// startTime gives the time of day of a start in clock ticks since boot.
func (r *Reader) startTime(start uint64) time.Time {
	return r.boot.Add(time.Duration(start) * clockTick)
}
