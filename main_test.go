package main

import (
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// layers says which of lotop's own packages each may import. A package takes
// the rule of the longest path that it begins with.
var layers = map[string][]string{
	"lotop":                     {"lotop/ui"},
	"lotop/ui":                  {"lotop/ui", "lotop/model", "lotop/sockets"},
	"lotop/model":               {"lotop/sockets"},
	"lotop/sockets":             {"lotop/sockets"},
	"lotop/sockets/process":     {},
	"lotop/sockets/socketstest": {},
}

// charm are the roots of what draws on terminals.
var charm = []string{"charm.land", "github.com/charmbracelet"}

func under(path string, roots []string) bool {
	for _, root := range roots {
		if path == root || strings.HasPrefix(path, root+"/") {
			return true
		}
	}
	return false
}

func layerOf(pkg string) []string {
	for root := pkg; ; root = root[:strings.LastIndexByte(root, '/')] {
		if allowed, ok := layers[root]; ok {
			return allowed
		}
	}
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
			switch {
			case under(imported, []string{"lotop"}):
				if !under(imported, layerOf(pkg)) {
					t.Errorf("%s: %s must not import %s", path, pkg, imported)
				}
			case under(pkg, []string{"lotop/model", "lotop/sockets"}) && under(imported, charm):
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

// TestCharmStaysOut looks behind the direct imports.
func TestCharmStaysOut(t *testing.T) {
	if _, err := build.ImportDir(".", 0); err != nil {
		t.Skip("the sources are not here:", err)
	}
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "./model", "./sockets/...").CombinedOutput()
	if err != nil {
		t.Skipf("go list does not run here: %v: %s", err, out)
	}
	for pkg := range strings.Lines(string(out)) {
		if pkg = strings.TrimSpace(pkg); under(pkg, charm) {
			t.Errorf("model or sockets depend on %s", pkg)
		}
	}
}
