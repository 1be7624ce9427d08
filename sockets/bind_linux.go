package sockets

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// openSocket opens a socket that no child inherits.
func openSocket(family, kind int) (int, error) {
	return unix.Socket(family, kind|unix.SOCK_CLOEXEC, 0)
}

const sockDestroy = 21 // SOCK_DESTROY, include/uapi/linux/sock_diag.h

func destroy(s *Socket) error {
	d, err := openDiag()
	if err != nil {
		return err
	}
	defer d.close()
	const wantAnswer = 0x4 // NLM_F_ACK
	if _, err := d.request(nil, s, sockDestroy, wantAnswer); err != nil {
		return fmt.Errorf("close %s %s: %w", s.Protocol, s.Local, err)
	}
	return nil
}
