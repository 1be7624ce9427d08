//go:build unix

package cli

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// filesNeeded is how many file descriptors lotop opens at most at a time, with
// some to spare.
const filesNeeded = 16

// enoughFiles returns an error if lotop could not open its files. The Go runtime
// ends a program that gets no descriptor for its poller, and a scan of processes
// that gets none takes sockets for sockets without owner.
func enoughFiles() error {
	var open []int
	defer func() {
		for _, fd := range open {
			_ = unix.Close(fd) // nothing was written
		}
	}()
	for range filesNeeded {
		fd, err := unix.Open("/dev/null", unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if errors.Is(err, unix.EMFILE) {
			return tooFewFiles()
		}
		if err != nil {
			return nil // what cannot be opened says so itself
		}
		open = append(open, fd)
	}
	return nil
}

func tooFewFiles() error {
	limit := "the limit of"
	var r unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &r) == nil {
		limit = fmt.Sprintf("the limit of %d", r.Cur)
	}
	return fmt.Errorf("cannot read the socket tables: %s open files is too low; raise it, such as with ulimit -n 1024", limit)
}
