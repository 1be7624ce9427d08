//go:build linux

package socketstest

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"
)

// selfExe is the running binary. The link also works after a change of user,
// although the directory that go test builds in is closed to other users.
const selfExe = "/proc/self/exe"

func executable() (string, error) { return selfExe, nil }

// nobodyID is the user and group ID of AsUserNobody.
const nobodyID = 65534

// replyTimeout limits the wait for a child's reply, which itself waits for
// the kernel.
const replyTimeout = 2 * Timeout

// childConfig is what a child applies to itself before it answers.
type childConfig struct {
	Name       string `json:"name"`
	IgnoreTERM bool   `json:"ignore_term,omitempty"`
	Inherited  int    `json:"inherited,omitempty"` // sockets at descriptor 3 and up
}

// command is the name of a command for a child.
type command string

const (
	cmdHello    command = "hello"
	cmdListen   command = "listen"
	cmdBind     command = "bind"
	cmdConnect  command = "connect"
	cmdSelf     command = "self-connect"
	cmdAccept   command = "accept"
	cmdClose    command = "close"
	cmdShutdown command = "shutdown"
	cmdLinger0  command = "linger0"
	cmdSend     command = "send"
	cmdRecv     command = "recv"
	cmdFill     command = "fill"
	cmdFork     command = "fork"
	cmdLoad     command = "load"
	cmdChurn    command = "churn"
	cmdBurst    command = "burst"
	cmdExit     command = "exit"
)

// request is one line from the test to a child.
type request struct {
	Do            command      `json:"do"`
	Network       string       `json:"network,omitempty"`
	Address       string       `json:"address,omitempty"`
	Options       []SockOption `json:"options,omitempty"`
	FD            int          `json:"fd,omitempty"`
	N             int          `json:"n,omitempty"`
	PerSecond     int          `json:"per_second,omitempty"`
	TimeWaitEvery int          `json:"time_wait_every,omitempty"`
	Fork          *forkRequest `json:"fork,omitempty"`
}

// forkRequest requests a grandchild. Its commands and replies go through two
// named pipes of the test, which outlive the child.
type forkRequest struct {
	Config       childConfig `json:"config"`
	Args         []string    `json:"args"`
	Dir          string      `json:"dir,omitempty"`
	FDs          []int       `json:"fds,omitempty"`
	AsUserNobody bool        `json:"as_user_nobody,omitempty"`
	Outlives     bool        `json:"outlives,omitempty"`
	Commands     string      `json:"commands"`
	Answers      string      `json:"answers"`
}

// reply is one line from a child to the test.
type reply struct {
	PID   int    `json:"pid,omitempty"`
	N     int    `json:"n,omitempty"`
	Socks []Sock `json:"socks,omitempty"`
	Errno int    `json:"errno,omitempty"`
	Error string `json:"error,omitempty"`
}

// setError stores err in the reply; an errno is stored as a number, so that
// the test can compare it.
func (a *reply) setError(err error) {
	var errno syscall.Errno
	a.Error = err.Error()
	if errors.As(err, &errno) {
		a.Errno = int(errno)
	}
}

// toError returns the error that setError stored.
func (a *reply) toError(q request) error {
	switch {
	case a.Error == "":
		return nil
	case a.Errno == 0:
		return errors.New(a.Error)
	}
	what := string(q.Do)
	if q.Address != "" {
		what += " " + q.Network + " " + q.Address
	}
	return fmt.Errorf("%s %v: %w", what, q.Options, syscall.Errno(a.Errno))
}

// Sock is a socket of a child, as getsockname, getpeername and fstat reported
// it when it was opened. An IPv4 address of an IPv6 socket stays mapped.
type Sock struct {
	Network string         `json:"network"` // tcp4, tcp6, udp4 or udp6
	Local   netip.AddrPort `json:"local"`
	Remote  netip.AddrPort `json:"remote"` // the zero value for none
	FD      int            `json:"fd"`
	Inode   uint64         `json:"inode"`
	PID     int            `json:"pid"`
}

// Target returns the address at which the socket is reached from this
// machine: its own, or for a wildcard the loopback address of its family.
func (s Sock) Target() string {
	addr := s.Local.Addr()
	switch {
	case addr.IsUnspecified() && addr.Is4():
		addr = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	case addr.IsUnspecified():
		addr = netip.IPv6Loopback()
	}
	return netip.AddrPortFrom(addr, s.Local.Port()).String()
}
