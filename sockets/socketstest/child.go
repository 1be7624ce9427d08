//go:build linux

package socketstest

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// childRole is the role of a child; its argument is the JSON of a childConfig.
const childRole = "child"

func childRoles() []Role { return []Role{{Name: childRole, Run: runChild}} }

func runChild(config string) error {
	if err := serve(config); err != nil {
		return err
	}
	// Not os.Exit: the race detector would sleep for a second.
	unix.Exit(0)
	return nil
}

// child is the state of a process that runs commands.
type child struct {
	config    childConfig
	listeners []int    // of the load
	pairs     [][2]int // of the load: client and server end
}

// serve runs commands until its input ends, which is when the test ends.
func serve(config string) error {
	c := &child{}
	if err := json.Unmarshal([]byte(config), &c.config); err != nil {
		return fmt.Errorf("read the configuration: %w", err)
	}
	if err := c.prepare(); err != nil {
		return err
	}
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var q request
		if err := in.Decode(&q); err != nil {
			return nil // EOF or not, the test has ended
		}
		a, err := c.handle(q)
		if err != nil {
			a.setError(err)
		}
		if err := out.Encode(a); err != nil || q.Do == cmdExit {
			return err
		}
	}
}

func (c *child) prepare() error {
	if c.config.IgnoreTERM {
		signal.Ignore(unix.SIGTERM)
	}
	for fd := 3; fd < 3+c.config.Inherited; fd++ {
		unix.CloseOnExec(fd)
	}
	name := c.config.Name
	if name == "" {
		name = filepath.Base(os.Args[0])
	}
	// Not PR_SET_NAME: that names the calling thread, which need not be the
	// main thread.
	if err := os.WriteFile("/proc/self/comm", []byte(name), 0); err != nil {
		return fmt.Errorf("set the process name: %w", err)
	}
	return nil
}

func (c *child) handle(q request) (reply, error) {
	switch q.Do {
	case cmdHello:
		return c.hello()
	case cmdListen, cmdBind, cmdConnect, cmdSelf:
		return oneSock(open(q))
	case cmdAccept:
		return oneSock(accept(q.FD))
	case cmdFork:
		pid, err := fork(q.Fork)
		return reply{PID: pid}, err
	case cmdLoad:
		return reply{N: q.N}, c.startLoad(q.Address, q.N)
	case cmdChurn:
		n, err := c.churn(q.N)
		return reply{N: n}, err
	case cmdBurst:
		return reply{N: q.N}, runBurst(q)
	case cmdExit:
		return reply{}, nil
	}
	return runFDCommand(q)
}

// runFDCommand runs a command that needs only a descriptor.
func runFDCommand(q request) (reply, error) {
	switch q.Do {
	case cmdClose:
		return reply{}, unix.Close(q.FD)
	case cmdShutdown:
		return reply{}, unix.Shutdown(q.FD, unix.SHUT_WR)
	case cmdLinger0:
		return reply{}, linger0(q.FD)
	case cmdSend:
		n, err := send(q.FD, q.N)
		return reply{N: n}, err
	case cmdRecv:
		n, err := recv(q.FD, q.N)
		return reply{N: n}, err
	case cmdFill:
		n, err := fill(q.FD)
		return reply{N: n}, err
	}
	return reply{}, errors.New("unknown command " + string(q.Do))
}

func (c *child) hello() (reply, error) {
	a := reply{PID: os.Getpid()}
	for fd := 3; fd < 3+c.config.Inherited; fd++ {
		s, err := sockInfo(fd)
		if err != nil {
			return a, err
		}
		a.Socks = append(a.Socks, s)
	}
	return a, nil
}

func oneSock(s Sock, err error) (reply, error) {
	if err != nil {
		return reply{}, err
	}
	return reply{Socks: []Sock{s}}, nil
}
