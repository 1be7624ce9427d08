package process

import (
	"testing"
	"time"
)

// A process has one start time, although every reader measures the time of boot anew.
func TestStartTimeIsTheSameForEveryReader(t *testing.T) {
	boot := time.Date(2026, 3, 1, 12, 0, 0, 214_402_432, time.UTC)
	want := time.Date(2026, 3, 1, 12, 0, 1, 710_000_000, time.UTC)
	for _, off := range []time.Duration{0, time.Nanosecond, 591 * time.Nanosecond, -2 * time.Microsecond} {
		r := &Reader{boot: boot.Add(off)}
		if got := r.startTime(150); !got.Equal(want) {
			t.Errorf("boot %v later: %v, want %v", off, got, want)
		}
	}
}
