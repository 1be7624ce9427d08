package cli

import (
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// pipeClosed tells when nobody reads a pipe any more. Without it a watch that
// has nothing to tell would outlive the program that it was started for.
func pipeClosed(out io.Writer) <-chan struct{} {
	f, ok := out.(*os.File)
	if !ok {
		return nil
	}
	gone := make(chan struct{})
	go func() {
		fds := []unix.PollFd{{Fd: int32(f.Fd())}} // errors are told without being asked for
		for {
			n, err := unix.Poll(fds, -1)
			switch {
			case errors.Is(err, unix.EINTR):
			case err == nil && n > 0 && fds[0].Revents&unix.POLLERR != 0:
				close(gone)
				return
			default:
				return // a file that cannot tell
			}
		}
	}()
	return gone
}
