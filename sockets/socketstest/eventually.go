package socketstest

import (
	"testing"
	"time"
)

// Timeout is how long a test waits for an event. It happens at once unless
// something is wrong, so only a failing test takes as long; on a loaded
// machine, where the kernel's own work waits for a processor too, it must not
// expire.
const Timeout = 30 * time.Second

// Eventually calls good until it returns true, and reports whether it did
// within Timeout. The first call is immediate; the pauses between the next
// ones grow, to leave the processor to what is waited for.
func Eventually(good func() bool) bool {
	deadline := time.Now().Add(Timeout)
	for pause := 100 * time.Microsecond; !good(); pause = min(2*pause, 200*time.Millisecond) {
		if time.Now().After(deadline) {
			return false
		}
		time.Sleep(pause)
	}
	return true
}

// AwaitAnswer asks until the answer is the wanted one, and fails the test if that does
// not happen within Timeout.
func AwaitAnswer[T comparable](t testing.TB, want T, ask func() T) {
	t.Helper()
	var got T
	asked := func() bool {
		got = ask()
		return got == want
	}
	if !Eventually(asked) {
		t.Errorf("%v, not %v", got, want)
	}
}
