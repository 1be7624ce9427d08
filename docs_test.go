package main

import (
	"errors"
	"io/fs"
	"os"
	"path"
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

// TestDocsLinks fails for a link to a file or a heading that does not exist.
func TestDocsLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	for _, page := range []string{"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "RELEASING.md", "docs/holders.md"} {
		lines := readPage(t, page)
		for i, line := range lines {
			for _, m := range link.FindAllStringSubmatch(line, -1) {
				file, anchor, _ := strings.Cut(m[1], "#")
				switch {
				case strings.Contains(m[1], "://"):
				case file != "":
					if _, err := os.Stat(path.Join(path.Dir(page), file)); err != nil {
						t.Errorf("%s:%d: link to %s: %v", page, i+1, m[1], err)
					}
				case !hasHeading(lines, anchor):
					t.Errorf("%s:%d: no heading for #%s", page, i+1, anchor)
				}
			}
		}
	}
}

// hasHeading reports whether a page has a heading with that anchor, as GitHub
// derives it.
func hasHeading(lines []string, anchor string) bool {
	return slices.ContainsFunc(lines, func(line string) bool {
		text := strings.TrimLeft(line, "#")
		return text != line && strings.ReplaceAll(strings.ToLower(strings.TrimSpace(text)), " ", "-") == anchor
	})
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
