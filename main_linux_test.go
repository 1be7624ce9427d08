package main_test

import (
	"fmt"
	"os"
	"testing"

	"lotop/ui/cli"
)

// The variables that make the test binary be something else.
const (
	lotopEnv = "LOTOP_TEST_AS_LOTOP" // lotop itself: where the tests watch for races, so does that
	churnEnv = "LOTOP_TEST_CHURN"    // a program that opens and closes connections: "server" or "client"
)

func TestMain(m *testing.M) {
	var err error
	switch {
	case os.Getenv(lotopEnv) != "":
		os.Exit(cli.Run(os.Args[1:]))
	case os.Getenv(churnEnv) == "server":
		err = serveChurn()
	case os.Getenv(churnEnv) == "client":
		err = dialChurn()
	default:
		os.Exit(m.Run())
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
