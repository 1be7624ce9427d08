package socketstest

import (
	"os"
	"os/exec"
	"testing"
)

// RequireTool returns the path of a program that a test runs; see [Missing].
func RequireTool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		Missing(t, name)
	}
	return path
}

// Missing skips a test for which there is no tool. With LOTOP_CI set the test fails:
// there all tools are to be.
func Missing(t testing.TB, tool string) {
	t.Helper()
	if os.Getenv("LOTOP_CI") != "" {
		t.Fatal(tool + " is missing")
	}
	t.Skip(tool + " is missing")
}
