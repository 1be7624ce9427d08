package jsonout_test

import (
	"bytes"
	"os"
	"os/exec"
	"testing"

	"lotop/sockets/socketstest"
	"lotop/ui/cli"
)

// lotopRole is the role of a test binary that is lotop itself.
const lotopRole = "lotop"

func TestMain(m *testing.M) {
	os.Exit(socketstest.Main(m, socketstest.Role{Name: lotopRole, Run: func(string) error {
		os.Exit(cli.Run(os.Args[1:]))
		return nil
	}}))
}

// lotop returns a command line, to be run as a process of its own.
func lotop(args ...string) *exec.Cmd { return socketstest.RoleCommand(lotopRole, "", args...) }

// printed returns what a command line writes. Exit code 1 is an answer as well.
func printed(t testing.TB, args ...string) string {
	t.Helper()
	cmd := lotop(args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if code := cmd.ProcessState.ExitCode(); err != nil && code != 1 {
		t.Fatalf("%q: %v: %s", args, err, stderr.String())
	}
	return string(out)
}
