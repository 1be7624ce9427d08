package cli

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"lotop/model/query"
)

// The manual has every command, flag and key, and no date but the commit's.
func TestManPage(t *testing.T) {
	a := &app{}
	root := a.newRoot(nil)
	page := manPage(root, build{date: "2026-11-21T03:45:54Z"})
	if !strings.HasPrefix(page, `.TH LOTOP 1 "2026-11-21" "lotop" "User Commands"`+"\n") {
		t.Errorf("the head: %.80s", page)
	}
	if again := manPage(a.newRoot(nil), build{date: "2026-11-21T03:45:54Z"}); again != page {
		t.Error("the same build gives two pages")
	}
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		if cmd.Hidden || cmd.Name() == "help" || cmd.HasParent() && cmd.Parent().HasParent() {
			return // their help describes them
		}
		if cmd.HasParent() && !strings.Contains(page, "\n.SS "+roff(cmd.CommandPath())+"\n") {
			t.Errorf("%s is missing", cmd.CommandPath())
		}
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if !strings.Contains(page, bold("--"+f.Name)) {
				t.Errorf("%s --%s is missing", cmd.CommandPath(), f.Name)
			}
		})
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(root)
	for _, key := range query.Keys() {
		if !strings.Contains(page, `\fB`+key+":") {
			t.Errorf("the key %s is missing", key)
		}
	}
	for line := range strings.Lines(page) {
		if first, _, _ := strings.Cut(strings.TrimSpace(line), " "); strings.HasPrefix(line, ".") &&
			!strings.Contains(" .TH .SH .SS .TP .PP .nf .fi .RS .RE ", " "+first+" ") {
			t.Errorf("text that is taken for a command: %s", line)
		}
	}
}

// groff has no complaint about it.
func TestManPageGroff(t *testing.T) {
	if _, err := exec.LookPath("groff"); err != nil {
		t.Skip("groff is missing")
	}
	cmd := exec.CommandContext(t.Context(), "groff", "-man", "-Tutf8", "-ww", "-z")
	cmd.Stdin = strings.NewReader(setting{}.run(t, "man").out)
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}
