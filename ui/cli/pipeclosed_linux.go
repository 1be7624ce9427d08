package cli

import (
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// pipeClosed returns a channel that is closed when a pipe has no reader any more.
// Without it a watch that has nothing to print would outlive the program that it was started for.
func pipeClosed(out io.Writer) <-chan struct{} {
	f, ok := out.(*os.File)
	if !ok {
		return nil
	}
	gone := make(chan struct{})
	go func() {
		fds := []unix.PollFd{{Fd: int32(f.Fd())}} // errors are reported unasked
		for {
			n, err := unix.Poll(fds, -1)
			switch {
			case errors.Is(err, unix.EINTR):
			case err == nil && n > 0 && fds[0].Revents&unix.POLLERR != 0:
				close(gone)
				return
			default:
				return // a file that cannot be polled
			}
		}
	}()
	return gone
}
