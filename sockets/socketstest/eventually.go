package socketstest

import "time"

// Timeout is how long a test waits for what has to come. It comes at once, or
// something is wrong, so only a test that fails takes as long: a machine that does
// much else, where the kernel's own work waits for a processor too, must not be
// taken for a fault.
const Timeout = 30 * time.Second

// Eventually asks until the answer is yes, and reports false if it never was. It asks
// at once, and then more and more seldom, so that what is waited for has the
// processor.
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
