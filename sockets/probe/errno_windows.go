package probe

import (
	"errors"
	"syscall"

	"golang.org/x/sys/windows"
)

// winsockErrnos maps error codes of Winsock to the errno of other systems with the
// same name in winsock2.h and errno.h. The calls of this package return no others.
var winsockErrnos = map[syscall.Errno]struct {
	errno syscall.Errno
	name  string
}{
	windows.WSAEACCES:          {syscall.EACCES, "EACCES"},
	windows.WSAEADDRINUSE:      {syscall.EADDRINUSE, "EADDRINUSE"},
	windows.WSAEADDRNOTAVAIL:   {syscall.EADDRNOTAVAIL, "EADDRNOTAVAIL"},
	windows.WSAEAFNOSUPPORT:    {syscall.EAFNOSUPPORT, "EAFNOSUPPORT"},
	windows.WSAECONNREFUSED:    {syscall.ECONNREFUSED, "ECONNREFUSED"},
	windows.WSAECONNRESET:      {syscall.ECONNRESET, "ECONNRESET"},
	windows.WSAEHOSTUNREACH:    {syscall.EHOSTUNREACH, "EHOSTUNREACH"},
	windows.WSAEINVAL:          {syscall.EINVAL, "EINVAL"},
	windows.WSAEMFILE:          {syscall.EMFILE, "EMFILE"},
	windows.WSAENETUNREACH:     {syscall.ENETUNREACH, "ENETUNREACH"},
	windows.WSAENOBUFS:         {syscall.ENOBUFS, "ENOBUFS"},
	windows.WSAEPROTONOSUPPORT: {syscall.EPROTONOSUPPORT, "EPROTONOSUPPORT"},
	windows.WSAETIMEDOUT:       {syscall.ETIMEDOUT, "ETIMEDOUT"},
}

// toPOSIX maps an error of Winsock to the errno of other systems, so that errors.Is
// works the same everywhere.
func toPOSIX(err error) error {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		if posix, ok := winsockErrnos[errno]; ok {
			return posix.errno
		}
	}
	return err
}

func errnoName(e syscall.Errno) string {
	for code, posix := range winsockErrnos {
		if e == code || e == posix.errno {
			return posix.name
		}
	}
	return e.Error()
}
