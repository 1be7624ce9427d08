package socketstest_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"lotop/sockets/socketstest"
)

func TestMain(m *testing.M) {
	os.Exit(socketstest.Main(m,
		socketstest.Role{Name: "abandon"},
		socketstest.Role{Name: "echo", Run: func(arg string) error {
			fmt.Printf("%q %q\n", arg, os.Args[1:])
			return nil
		}},
		socketstest.Role{Name: "fail", Run: errors.New},
	))
}

func TestRoles(t *testing.T) {
	out, err := socketstest.RoleCommand("echo", `{"a": 1}`, "b", "c d").Output()
	if want := `"{\"a\": 1}" ["b" "c d"]` + "\n"; err != nil || string(out) != want {
		t.Errorf("%q, %v, want %q", out, err, want)
	}
	for role, want := range map[string]string{"fail": "role fail: why\n", "echoes": "unknown role echoes\n"} {
		_, err := socketstest.RoleCommand(role, "why").Output()
		if exit := (&exec.ExitError{}); !errors.As(err, &exit) || exit.ExitCode() != 1 || string(exit.Stderr) != want {
			t.Errorf("%s: %v", role, err)
		}
	}
}

// TestRoleReplaced checks that a process in one role can start one in another.
func TestRoleReplaced(t *testing.T) {
	env := socketstest.RoleEnviron([]string{"A=1"}, "echo", "x")
	env = socketstest.RoleEnviron(env, "fail", "")
	if len(env) != 2 || env[0] != "A=1" || !strings.HasSuffix(env[1], "=fail") || slices.Contains(os.Environ(), env[1]) {
		t.Errorf("%q", env)
	}
	if _, ok := socketstest.InRole("echo"); ok {
		t.Error("the tests have a role")
	}
}
