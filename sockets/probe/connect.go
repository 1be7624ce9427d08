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

// connectTimeout bounds TryConnect: on loopback an answer takes microseconds,
// so what takes longer is a full accept queue or a firewall that swallows.
const connectTimeout = 300 * time.Millisecond

// Connect connects to an address over TCP and hangs up at once, with a
// reset, so that it leaves no TIME_WAIT behind. It returns "open", "refused",
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
		return "refused" // it got the wanted port as its own and found itself
	}
	return "open"
}

// ErrnoName names what the kernel said: "ok" for no error, else the name of the
// errno, such as "EADDRINUSE".
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
