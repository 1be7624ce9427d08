package ports

import (
	"fmt"
	"io"
	"net"
	"os"
	"testing"

	"lotop/sockets/socketstest"
)

// The roles of the test binary.
const (
	namespaceRole = "namespace" // init of a PID namespace
	listenRole    = "listen"    // listens on the port of its argument
)

func TestMain(m *testing.M) {
	os.Exit(socketstest.Main(m,
		socketstest.Role{Name: namespaceRole, Run: raceForPIDs},
		socketstest.Role{Name: listenRole, Run: listenUntilEOF},
	))
}

// listenUntilEOF listens on a port, prints it, and waits for the end of standard
// input.
func listenUntilEOF(port string) error {
	l, err := net.Listen("tcp4", "127.0.0.1:"+port)
	if err != nil {
		return err
	}
	defer l.Close()
	fmt.Println(l.Addr().(*net.TCPAddr).Port)
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}
