package probe

import (
	"fmt"

	"golang.org/x/sys/unix"

	"lotop/sockets"
	"lotop/sockets/sockdiag"
)

// openSocket opens a socket that child processes do not inherit.
func openSocket(family, kind int) (int, error) {
	return unix.Socket(family, kind|unix.SOCK_CLOEXEC, 0)
}

func destroy(s *sockets.Socket) error {
	d, err := sockdiag.Open(nil)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Destroy(s); err != nil {
		return fmt.Errorf("close %s %s: %w", s.Protocol, s.Local, err)
	}
	return nil
}
