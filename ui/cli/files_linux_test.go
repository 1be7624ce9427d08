package cli

import (
	"os/exec"
	"strings"
	"testing"
)

// With too few descriptors the Go runtime would end lotop, and what it shows
// would be wrong with a few more.
func TestTooFewFiles(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip(err)
	}
	for _, args := range []string{"list", "why 3000", "watch", ""} {
		cmd := lotop(t, strings.Fields(args)...)
		cmd.Args = append([]string{sh, "-c", `ulimit -n 8; exec "$0" "$@"`}, cmd.Args...)
		cmd.Path = sh
		r := execute(t, cmd)
		if r.code != 2 || r.out != "" || r.err != "lotop: cannot read the socket tables: the limit of 8 open files is too low; raise it, such as with ulimit -n 1024\n" {
			t.Errorf("%q: exit %d, %q, %q", args, r.code, r.out, r.err)
		}
	}
}
