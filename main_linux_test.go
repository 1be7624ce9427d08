package main_test

import (
	"os"
	"testing"

	"lotop/sockets/socketstest"
	"lotop/ui/cli"
)

// The roles of the test binary.
const (
	lotopRole       = "lotop"        // lotop itself, with the race detector if the tests have it
	churnServerRole = "churn-server" // opens and closes connections, together with the client
	churnClientRole = "churn-client"
	testServerRole  = "testserver" // listens on the ports that it reads
	namespaceRole   = "namespace"  // the tests in namespaces of their own
)

func TestMain(m *testing.M) {
	os.Exit(socketstest.Main(m,
		socketstest.Role{Name: lotopRole, Run: func(string) error {
			os.Exit(cli.Run(os.Args[1:]))
			return nil
		}},
		socketstest.Role{Name: churnServerRole, Run: serveChurn},
		socketstest.Role{Name: churnClientRole, Run: dialChurn},
		socketstest.Role{Name: testServerRole, Run: runServer},
		socketstest.Role{Name: namespaceRole},
	))
}
