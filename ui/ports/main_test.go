//go:build linux

package ports

import (
	"fmt"
	"os"
	"testing"

	"lotop/sockets/socketstest"
)

// roleVariable makes the test binary something else than a test.
const roleVariable = "LOTOP_TEST_ROLE"

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		if err := playRole(role); err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(socketstest.Main(m))
}
