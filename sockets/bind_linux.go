package sockets

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// openSocket opens a socket that no child inherits.
func openSocket(family, kind int) (int, error) {
	return unix.Socket(family, kind|unix.SOCK_CLOEXEC, 0)
}

func destroy(s *Socket) error {
	d, err := openDiag(nil)
	if err != nil {
		return err
	}
	defer d.close()
	if err := d.destroy(s); err != nil {
		return fmt.Errorf("close %s %s: %w", s.Protocol, s.Local, err)
	}
	return nil
}
