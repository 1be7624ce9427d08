package main

import (
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

var (
	codePattern     = regexp.MustCompile("`([^`]+)`")
	functionPattern = regexp.MustCompile(`^(\S+\.go):([\w.]+)$`)
	pathPattern     = regexp.MustCompile(`^[\w.*/-]+$`)
	identPattern    = regexp.MustCompile(`^([a-z]\w*)\.([A-Z]\w*(\.\w+)?)$`)
)

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
