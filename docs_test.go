package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// checkedPages are the pages whose names in backquotes must exist.
var checkedPages = []string{"ARCHITECTURE.md", "CONTRIBUTING.md"}

// readPage returns the lines of a page, and skips the test if a test binary runs
// without the sources.
func readPage(t *testing.T, page string) []string {
	t.Helper()
	text, err := os.ReadFile(page)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat("go.mod"); errors.Is(err, fs.ErrNotExist) {
			t.Skip("the sources are not here")
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
}

// TestDocsNameWhatExists fails for every file, function, type or package that a page
// names in backquotes and that does not exist, with the line.
func TestDocsNameWhatExists(t *testing.T) {
	var tree *sourceTree
	for _, page := range checkedPages {
		lines, found := readPage(t, page), 0
		if tree == nil {
			tree = newSourceTree(t)
		}
		eachCode(lines, func(line int, code string) {
			name, problem := tree.check(code)
			if name {
				found++
			}
			if problem != "" {
				t.Errorf("%s:%d: `%s`: %s", page, line, code, problem)
			}
		})
		if found < 20 {
			t.Errorf("%s: only %d names of files or identifiers: is its form no longer understood?", page, found)
		}
	}
}

// TestDocsWalks finds a walk that lost the form that TestDocsNameWhatExists checks.
func TestDocsWalks(t *testing.T) {
	steps := map[string]int{}
	heading := ""
	for _, line := range readPage(t, "ARCHITECTURE.md") {
		if text, ok := strings.CutPrefix(line, "## "); ok {
			heading = text
		}
		for _, m := range codePattern.FindAllStringSubmatch(line, -1) {
			if functionPattern.MatchString(m[1]) {
				steps[heading]++
			}
		}
	}
	for _, walk := range []string{
		"A snapshot, from kernel bytes to the screen", "`x`, from key to signal", "A destroy notification, to the Events view",
	} {
		if steps[walk] < 8 {
			t.Errorf("the walk %q names %d functions as path:name, want at least 8", walk, steps[walk])
		}
	}
}

// TestDocsPackages compares the picture and the table with the list of imports.
func TestDocsPackages(t *testing.T) {
	lines := readPage(t, "ARCHITECTURE.md")
	depth, inTable := map[string]int{}, map[string]bool{}
	fenced := false
	for i, line := range lines {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		} else if fenced {
			picture, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "│"), "│")
			for name := range strings.FieldsSeq(picture) {
				depth[name] = i + 1
			}
		}
		if cell, ok := strings.CutPrefix(line, "| `"); ok {
			name, _, _ := strings.Cut(cell, "`")
			inTable[name] = true
		}
	}
	var all []string
	for _, rule := range imports {
		all = append(all, strings.Fields(rule.pkgs)...)
	}
	for _, pkg := range all {
		if depth[pkg] == 0 || !inTable[pkg] {
			t.Errorf("ARCHITECTURE.md: %s of main_test.go: in the picture %t, in the table %t", pkg, depth[pkg] > 0, inTable[pkg])
		}
	}
	for pkg := range inTable {
		if !slices.Contains(all, pkg) {
			t.Errorf("ARCHITECTURE.md: package %s of the table is not in the list of main_test.go", pkg)
		}
	}
	for _, pkg := range all {
		for _, imported := range all {
			if _, ok := allowed(pkg, imported); ok && pkg != imported && depth[imported] <= depth[pkg] {
				t.Errorf("ARCHITECTURE.md:%d: %s may import %s, which is not below it (line %d)", depth[pkg], pkg, imported, depth[imported])
			}
		}
	}
}

var (
	codePattern     = regexp.MustCompile("`([^`]+)`")
	functionPattern = regexp.MustCompile(`^(\S+\.go):([\w.]+)$`)
	pathPattern     = regexp.MustCompile(`^[\w.*/-]+$`)
	identPattern    = regexp.MustCompile(`^([a-z]\w*)\.([A-Z]\w*(\.\w+)?)$`)
)

// eachCode calls f for everything in backquotes outside of fenced blocks.
func eachCode(lines []string, f func(line int, code string)) {
	fenced := false
	for i, line := range lines {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		if fenced {
			continue
		}
		for _, m := range codePattern.FindAllStringSubmatch(line, -1) {
			f(i+1, m[1])
		}
	}
}

// sourceTree is what the pages can name.
type sourceTree struct {
	files    map[string]map[string]bool // what each Go file declares, by its path
	packages map[string][]string        // directories by the last element of their path
}

// newSourceTree parses all Go files, whatever system they are for.
func newSourceTree(t *testing.T) *sourceTree {
	t.Helper()
	tree := &sourceTree{files: map[string]map[string]bool{}, packages: map[string][]string{}}
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		tree.files[name] = declared(f)
		if dir := path.Dir(name); !slices.Contains(tree.packages[path.Base(dir)], dir) {
			tree.packages[path.Base(dir)] = append(tree.packages[path.Base(dir)], dir)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// declared returns the functions, methods, types, fields, constants and variables of
// a file, those of a type as Type.Name.
func declared(f *ast.File) map[string]bool {
	names := map[string]bool{}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			names[receiver(d)+d.Name.Name] = true
		case *ast.GenDecl:
			for _, s := range d.Specs {
				addSpec(names, s)
			}
		}
	}
	return names
}

// receiver returns the type of a method's receiver and a period, or "".
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	kind := d.Recv.List[0].Type
	if p, ok := kind.(*ast.StarExpr); ok {
		kind = p.X
	}
	if g, ok := kind.(*ast.IndexExpr); ok {
		kind = g.X
	}
	return fmt.Sprint(kind) + "."
}

func addSpec(names map[string]bool, s ast.Spec) {
	switch s := s.(type) {
	case *ast.ValueSpec:
		for _, n := range s.Names {
			names[n.Name] = true
		}
	case *ast.TypeSpec:
		names[s.Name.Name] = true
		var members *ast.FieldList
		switch kind := s.Type.(type) {
		case *ast.StructType:
			members = kind.Fields
		case *ast.InterfaceType:
			members = kind.Methods
		default:
			return
		}
		for _, m := range members.List {
			for _, n := range m.Names {
				names[s.Name.Name+"."+n.Name] = true
			}
		}
	}
}

// check reports whether code names a file, a directory or an identifier of lotop, and
// what is wrong with it if that does not exist.
func (tree *sourceTree) check(code string) (name bool, problem string) {
	if m := functionPattern.FindStringSubmatch(code); m != nil {
		return true, tree.checkFunction(m[1], m[2])
	}
	if m := identPattern.FindStringSubmatch(code); m != nil {
		if dirs := tree.packages[m[1]]; len(dirs) > 0 {
			return true, tree.checkIdent(dirs, m[2])
		}
	}
	if !pathPattern.MatchString(code) || !looksLikePath(code) {
		return false, ""
	}
	if found, err := filepath.Glob(filepath.FromSlash(code)); err != nil || len(found) == 0 {
		return true, "no such file"
	}
	return true, ""
}

// looksLikePath reports whether code names a file, or something below a directory of
// the repository.
func looksLikePath(code string) bool {
	first, _, below := strings.Cut(code, "/")
	if below {
		_, err := os.Stat(first)
		return err == nil
	}
	return slices.Contains([]string{".go", ".md", ".yaml", ".mod"}, path.Ext(code))
}

func (tree *sourceTree) checkFunction(file, name string) string {
	switch names := tree.files[file]; {
	case names == nil:
		return "no such file"
	case !names[name]:
		return file + " does not declare " + name
	}
	return ""
}

func (tree *sourceTree) checkIdent(dirs []string, name string) string {
	for file, names := range tree.files {
		if slices.Contains(dirs, path.Dir(file)) && names[name] {
			return ""
		}
	}
	return strings.Join(dirs, ", ") + " does not declare " + name
}
