package process

import "time"

// tick is how long a clock tick of /proc is: USER_HZ is 100 on every
// architecture that Go runs on.
const tick = 10 * time.Millisecond

// started gives the time of day of a start in clock ticks since boot.
func (r *Reader) started(start uint64) time.Time {
	return r.boot.Add(time.Duration(start) * tick)
}
