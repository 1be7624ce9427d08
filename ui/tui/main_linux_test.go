package tui

import (
	"io"
	"net"
	"os"
	"testing"
	"time"

	"lotop/sockets/socketstest"
)

// The roles of the test binary.
const (
	superviseRole = "supervise" // keeps a server alive; the argument is its port
	serveRole     = "serve"     // listens; the argument is the port
	dialogRole    = "dialog"    // runs TestInChild; the argument is the port
)

func TestMain(m *testing.M) {
	time.Local = time.UTC // golden files have times; set before anything reads it
	socketstest.Parallel(8)
	os.Exit(socketstest.Main(m,
		socketstest.Role{Name: superviseRole, Run: supervise},
		socketstest.Role{Name: serveRole, Run: serve},
		socketstest.Role{Name: dialogRole},
	))
}

// serve listens until it is stopped.
func serve(port string) error {
	l, err := net.Listen("tcp4", "127.0.0.1:"+port)
	if err != nil {
		return err
	}
	defer l.Close()
	_, err = io.Copy(io.Discard, os.Stdin) // which stays open as long as the supervisor runs
	return err
}

// supervise starts a server again whenever it exits, as systemd or nodemon do.
// It exits when its standard input closes.
func supervise(port string) error {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	stdin, end, err := os.Pipe() // the servers exit when the other end closes, with this process
	if err != nil {
		return err
	}
	defer end.Close()
	for {
		cmd := socketstest.RoleCommand(serveRole, port)
		cmd.Args = []string{"server"}
		cmd.Stdin = stdin
		if err := cmd.Run(); err == nil {
			return nil
		}
	}
}
