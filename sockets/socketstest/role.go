package socketstest

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// roleEnv is the one environment variable of the test binaries: the name of the
// role in which a test binary was started and, after a space, its argument.
const roleEnv = "LOTOP_TEST_ROLE"

// Role is what a test binary does when a test starts it again with
// [RoleCommand].
type Role struct {
	Name string // without spaces
	// Run is called instead of the tests. If it is nil, the tests run, and
	// [InRole] returns true in them.
	Run func(arg string) error
}

// Main runs the tests and returns their exit code, or runs the role in which
// this process was started: one of roles, or the child of Start or StartChild.
// TestMain of a package that starts processes consists of a call of it.
func Main(m *testing.M, roles ...Role) int {
	if code, ok := runAsService(os.Args); ok {
		return code
	}
	name, arg, _ := strings.Cut(os.Getenv(roleEnv), " ")
	if name == "" {
		return m.Run()
	}
	for _, r := range append(childRoles(), roles...) {
		switch {
		case r.Name != name:
			continue
		case r.Run == nil:
			return m.Run()
		}
		if err := r.Run(arg); err != nil {
			fmt.Fprintf(os.Stderr, "role %s: %v\n", name, err)
			return 1
		}
		return 0
	}
	fmt.Fprintf(os.Stderr, "unknown role %s\n", name)
	return 1
}

// Parallel lets n tests of this package run at the same time, because they wait for
// processes most of the time. The flag -parallel takes precedence.
func Parallel(n int) {
	// The flag is parsed in m.Run, so this changes only its default.
	if err := flag.Set("test.parallel", strconv.Itoa(n)); err != nil {
		panic(err)
	}
}

// InRole reports whether this process was started in the role, and returns the
// argument.
func InRole(name string) (arg string, ok bool) {
	role, arg, _ := strings.Cut(os.Getenv(roleEnv), " ")
	return arg, role == name
}

// RoleCommand returns a command that runs the test binary in a role, with args
// as its command line.
func RoleCommand(name, arg string, args ...string) *exec.Cmd {
	path, err := executable()
	cmd := exec.Command(path, args...)
	if err != nil {
		cmd.Err = err
	}
	cmd.Env = RoleEnviron(os.Environ(), name, arg)
	return cmd
}

// RoleEnviron returns env with a role instead of that of this process.
func RoleEnviron(env []string, name, arg string) []string {
	var out []string
	for _, e := range env {
		if !strings.HasPrefix(e, roleEnv+"=") {
			out = append(out, e)
		}
	}
	if arg != "" {
		name += " " + arg
	}
	return append(out, roleEnv+"="+name)
}
