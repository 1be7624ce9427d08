//go:build linux

package socketstest

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// Main serves as a child process, and does not return, if the environment says
// so; if not, it runs the tests and returns their exit code. TestMain of a
// package that uses Start has to call it first of all.
func Main(m *testing.M) int {
	config, ok := os.LookupEnv(childEnv)
	if !ok {
		return m.Run()
	}
	code := 0
	if err := serve(config); err != nil {
		fmt.Fprintln(os.Stderr, "socketstest child:", err)
		code = 1
	}
	// Not os.Exit: the race detector would sleep for a second.
	unix.Exit(code)
	return code
}

// child is the state of a process that serves commands.
type child struct {
	config    childConfig
	listeners []int    // of the crowd
	pairs     [][2]int // of the crowd: client and server end
}

// serve answers commands until its input ends, which is when the test ends.
func serve(config string) error {
	c := &child{}
	if err := json.Unmarshal([]byte(config), &c.config); err != nil {
		return fmt.Errorf("read %s: %w", childEnv, err)
	}
	if err := c.prepare(); err != nil {
		return err
	}
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var q request
		if err := in.Decode(&q); err != nil {
			return nil // the end of the test, whatever way it came
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
	// first one.
	if err := os.WriteFile("/proc/self/comm", []byte(name), 0); err != nil {
		return fmt.Errorf("set the process name: %w", err)
	}
	return nil
}

func (c *child) handle(q request) (answer, error) {
	switch q.Do {
	case cmdHello:
		return c.hello()
	case cmdListen, cmdBind, cmdConnect, cmdSelf:
		return one(open(q))
	case cmdAccept:
		return one(accept(q.FD))
	case cmdFork:
		pid, err := fork(q.Fork)
		return answer{PID: pid}, err
	case cmdCrowd:
		return answer{N: q.N}, c.crowd(q.Address, q.N)
	case cmdChurn:
		n, err := c.churn(q.N)
		return answer{N: n}, err
	case cmdStorm:
		return answer{N: q.N}, storm(q)
	case cmdExit:
		return answer{}, nil
	}
	return use(q)
}

// use carries out what needs nothing but a descriptor.
func use(q request) (answer, error) {
	switch q.Do {
	case cmdClose:
		return answer{}, unix.Close(q.FD)
	case cmdShutdown:
		return answer{}, unix.Shutdown(q.FD, unix.SHUT_WR)
	case cmdLinger0:
		return answer{}, linger0(q.FD)
	case cmdSend:
		n, err := send(q.FD, q.N)
		return answer{N: n}, err
	case cmdRecv:
		n, err := recv(q.FD, q.N)
		return answer{N: n}, err
	case cmdFill:
		n, err := fill(q.FD)
		return answer{N: n}, err
	}
	return answer{}, errors.New("unknown command " + string(q.Do))
}

func (c *child) hello() (answer, error) {
	a := answer{PID: os.Getpid()}
	for fd := 3; fd < 3+c.config.Inherited; fd++ {
		s, err := describe(fd)
		if err != nil {
			return a, err
		}
		a.Socks = append(a.Socks, s)
	}
	return a, nil
}

func one(s Sock, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	return answer{Socks: []Sock{s}}, nil
}
