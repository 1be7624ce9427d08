package socketstest

import "time"

// Patience is how long a test waits for what has to come. It comes at once, or
// something is wrong, so only a test that fails takes as long: a machine that does
// much else, where the kernel's own work waits for a processor too, must not be
// taken for a fault.
const Patience = 30 * time.Second
