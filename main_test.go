package main

import (
	"bytes"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// imports lists which of lotop's packages may import which others, and why. What is
// not in this list is not allowed, which prevents cycles and a model that does I/O.
// A name that ends in /... stands for all packages below it.
var imports = []struct {
	pkgs   string // separated by spaces
	may    string
	reason string
}{
	{"lotop", "ui/cli", "main runs the command tree"},

	{"ui/cli", "ui ui/... model model/... sockets sockets/...", "the commands tie everything together"},
	{"ui/tui", "ui ui/complete ui/ports ui/signals ui/style ui/tui/table ui/tui/keymap model model/... sockets sockets/access sockets/probe sockets/process sockets/recording sockets/untrusted", "the screen shows a source that it is given and opens none"},
	{"ui/tui/table", "ui ui/style", "a table draws rows of any type"},
	{"ui/tui/keymap", "", "keys have names, whatever they do"},
	{"ui/config", "ui ui/style ui/tui/keymap sockets/untrusted", "reading a configuration takes no screen"},
	{"ui/jsonout", "ui ui/ports model model/... sockets sockets/access sockets/process sockets/untrusted", "JSON describes results, it makes none"},
	{"ui/ports", "model model/... sockets sockets/access sockets/live sockets/probe sockets/process sockets/untrusted", "the use cases do not know the front ends"},
	{"ui", "ui/style model model/bind model/debugger model/plan model/portlist model/program model/track sockets sockets/process sockets/untrusted", "wording formats what it is given and reads nothing from the system"},
	{"ui/complete", "ui model model/query", "what is offered is worded like the rows that it comes from"},
	{"ui/signals", "sockets/process", "codes of signals are all that it knows"},
	{"ui/style", "", "styled text knows nothing of sockets"},

	{"model/portlist", "model model/track sockets sockets/process", "the Ports view is made of the tracker's rows"},
	{"model/eventlist", "model model/track sockets", "the Events view is made of the tracker's events"},
	{"model/plan", "model model/bind sockets sockets/process", "a plan is made of a diagnosis"},
	{"model/bind", "model sockets sockets/process sockets/untrusted", "a diagnosis is given its evidence"},
	{"model/keeplocal", "model/debugger sockets/process", "servers are recognized from command lines, which model/debugger takes apart"},
	{"model/track", "model model/debugger sockets sockets/process", "the tracker knows no filter and no diagnosis"},
	{"model/query", "model model/service sockets sockets/process sockets/untrusted", "a filter reads rows"},
	{"model/debugger", "sockets sockets/process sockets/untrusted", "debuggers are recognized from command lines"},
	{"model/program", "model/debugger sockets sockets/process sockets/untrusted", "programs are named after their command lines"},
	{"model/service", "sockets", "a port's name depends on its protocol"},
	{"model", "sockets sockets/process", "a row is made of sockets and their owners"},
	{"model/modeltest", "sockets sockets/process sockets/untrusted", "test fixtures import no package that they test"},

	{"sockets/live", "sockets sockets/access sockets/owners sockets/iphlpapi sockets/pcblist sockets/probe sockets/process sockets/sockdiag sockets/untrusted", "live alone knows which readers there are"},
	{"sockets/recording", "sockets sockets/process sockets/untrusted", "a recording is a source like another"},
	{"sockets/owners", "sockets sockets/process", "inodes are looked up whatever read the table"},
	{"sockets/iphlpapi", "sockets sockets/process", "a parser takes bytes, and processes to compare with"},
	{"sockets/sockdiag sockets/pcblist", "sockets", "a parser takes bytes"},
	{"sockets/probe", "sockets sockets/sockdiag", "probes ask the kernel; on Linux sock_diag closes sockets"},
	{"sockets", "sockets/process sockets/untrusted", "the seam has types and does no I/O"},
	{"sockets/process", "sockets/access sockets/untrusted", "the identity of a process does not depend on its sockets"},
	{"sockets/access sockets/untrusted sockets/socketstest", "", "they stand below everything"},
}

// charm are the roots of the modules that draw on terminals.
var charm = []string{"charm.land", "github.com/charmbracelet"}

func under(path string, roots []string) bool {
	for _, root := range roots {
		if path == root || strings.HasPrefix(path, root+"/") {
			return true
		}
	}
	return false
}

// allowed reports whether a package may import another, and else why not.
func allowed(pkg, imported string) (reason string, ok bool) {
	for _, rule := range imports {
		if !slices.Contains(strings.Fields(rule.pkgs), pkg) {
			continue
		}
		for may := range strings.FieldsSeq(rule.may) {
			if all, below := strings.CutSuffix(may, "/..."); may == imported || below && strings.HasPrefix(imported, all+"/") {
				return "", true
			}
		}
		return rule.reason, false
	}
	return "it is not in the list of main_test.go", false
}

// TestImports reads every file, whatever system it is for.
func TestImports(t *testing.T) {
	files := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files++
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		pkg := strings.TrimSuffix("lotop/"+filepath.ToSlash(filepath.Dir(path)), "/.")
		for _, spec := range f.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			inner := strings.TrimPrefix(pkg, "lotop/")
			switch {
			case under(imported, []string{"lotop"}):
				if reason, ok := allowed(inner, strings.TrimPrefix(imported, "lotop/")); !ok {
					t.Errorf("%s: %s must not import %s: %s", path, pkg, imported, reason)
				}
			case under(inner, []string{"model", "sockets"}) && under(imported, charm):
				t.Errorf("%s: %s draws nothing and must not import %s", path, pkg, imported)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files == 0 {
		t.Skip("the sources are not here")
	}
}

// TestRightsAreAskedForInOnePlace fails for a package other than access that reads the
// user ID: root is not allowed everything, and other users can have capabilities.
func TestRightsAreAskedForInOnePlace(t *testing.T) {
	files := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		dir := filepath.ToSlash(filepath.Dir(path))
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || dir == "sockets/access" || dir == "sockets/socketstest" {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		for _, call := range []string{"Geteuid(", "Getuid(", "IsElevated("} {
			if bytes.Contains(text, []byte(call)) {
				t.Errorf("%s calls %s): ask lotop/sockets/access what may be done", path, call)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if files == 0 {
		t.Skip("the sources are not here")
	}
}

// TestCharmStaysOut checks indirect imports, too.
func TestCharmStaysOut(t *testing.T) {
	if _, err := build.ImportDir(".", 0); err != nil {
		t.Skip("the sources are not here:", err)
	}
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "./model/...", "./sockets/...").CombinedOutput()
	if err != nil {
		t.Skipf("go list does not run here: %v: %s", err, out)
	}
	for pkg := range strings.Lines(string(out)) {
		if pkg = strings.TrimSpace(pkg); under(pkg, charm) {
			t.Errorf("model or sockets depend on %s", pkg)
		}
	}
}
