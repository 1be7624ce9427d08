package tui

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"

	"lotop/sockets/socketstest"
)

// The variables that make the test binary be something else; see TestMain.
const (
	superviseEnv = "LOTOP_TEST_SUPERVISE" // the port of a server to be kept alive
	serveEnv     = "LOTOP_TEST_SERVE"     // the port to listen on
)

func TestMain(m *testing.M) {
	var err error
	switch {
	case os.Getenv(serveEnv) != "":
		err = serve(os.Getenv(serveEnv))
	case os.Getenv(superviseEnv) != "":
		err = supervise(os.Getenv(superviseEnv))
	default:
		time.Local = time.UTC // golden files have times; set before anything reads it
		os.Exit(socketstest.Main(m))
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// serve listens until it is ended.
func serve(port string) error {
	l, err := net.Listen("tcp4", "127.0.0.1:"+port)
	if err != nil {
		return err
	}
	defer l.Close()
	_, err = io.Copy(io.Discard, os.Stdin) // which its supervisor never closes while it lives
	return err
}

// supervise starts a server again whenever it ends, as systemd or nodemon do.
// It ends with its standard input.
func supervise(port string) error {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	hold, end, err := os.Pipe() // the servers end when the other end closes, with this process
	if err != nil {
		return err
	}
	defer end.Close()
	for {
		cmd := exec.Command("/proc/self/exe")
		cmd.Args = []string{"server"}
		cmd.Env = append(os.Environ(), serveEnv+"="+port)
		cmd.Stdin = hold
		if err := cmd.Run(); err == nil {
			return nil
		}
	}
}
