package probe

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"
)

// connectTimeout limits Connect: on loopback the kernel replies within microseconds,
// so more means a full accept queue or a firewall that drops packets.
const connectTimeout = 300 * time.Millisecond

// Connect connects to an address over TCP and closes the connection at once, with a
// reset, so that it leaves no TIME_WAIT socket behind. It returns "open", "refused",
// "timeout", or the name of another errno.
func Connect(ctx context.Context, a netip.AddrPort) string {
	d := net.Dialer{Timeout: connectTimeout}
	conn, err := d.DialContext(ctx, "tcp", a.String())
	if err != nil {
		switch {
		case ErrnoName(err) == "ECONNREFUSED":
			return "refused"
		case errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded):
			return "timeout"
		}
		return ErrnoName(err)
	}
	defer conn.Close()
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	if conn.LocalAddr().String() == conn.RemoteAddr().String() {
		return "refused" // it was assigned the port itself and connected to itself
	}
	return "open"
}

// ErrnoName returns "ok" for no error, the name of the errno that err wraps, such as
// "EADDRINUSE", or else the text of the error.
func ErrnoName(err error) string {
	var errno syscall.Errno
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &errno):
		return errnoName(errno)
	}
	return err.Error()
}
