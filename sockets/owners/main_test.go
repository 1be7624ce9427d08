package owners

import (
	"os"
	"testing"

	"lotop/sockets/socketstest"
)

func TestMain(m *testing.M) { os.Exit(socketstest.Main(m)) }
