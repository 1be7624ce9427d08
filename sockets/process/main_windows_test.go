package process

import (
	"os"
	"testing"

	"lotop/sockets/socketstest"
)

func TestMain(m *testing.M) {
	if code, ok := RunHelper(os.Args[1:]); ok {
		os.Exit(code)
	}
	os.Exit(socketstest.Main(m))
}
