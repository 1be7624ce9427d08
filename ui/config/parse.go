package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"lotop/ui"
	"lotop/ui/style"
)

// problem is an error in a file, with its line.
type problem struct {
	line    int
	message string
}

// parser parses one file. It continues after a problem: settings are not parsed in
// the order of their lines, and the first problem of the file is reported.
type parser struct {
	lines    map[string]int // by the dotted name of a key
	config   Config
	problems []problem
}

// parse parses the text of a file. It returns the first problem.
func parse(text []byte) (Config, *problem) {
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // some editors write a byte order mark
	var all map[string]any
	if err := toml.Unmarshal(text, &all); err != nil {
		return Config{}, syntaxProblem(err)
	}
	p := parser{lines: keyLines(text), config: Default()}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		p.applySetting(name, all[name])
	}
	if len(p.problems) == 0 {
		return p.config, nil
	}
	first := slices.MinFunc(p.problems, func(a, b problem) int { return cmp.Compare(a.line, b.line) })
	return Config{}, &first
}

func syntaxProblem(err error) *problem {
	what := strings.TrimPrefix(err.Error(), "toml: ")
	var at *toml.DecodeError
	if !errors.As(err, &at) {
		return &problem{1, what}
	}
	line, _ := at.Position()
	return &problem{line, what}
}

// keyLines returns the lines of the keys of a valid text. The decoder reports the
// lines of unknown keys only, so it decodes into types without fields: one that has
// no keys at all, and one that has none below [colors] and [keys].
func keyLines(text []byte) map[string]int {
	lines := map[string]int{}
	var none struct{}
	var below struct {
		Colors struct{} `toml:"colors"`
		Keys   struct{} `toml:"keys"`
	}
	for _, into := range []any{&below, &none} {
		var missing *toml.StrictMissingError
		if err := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(into); !errors.As(err, &missing) {
			continue
		}
		for i := range missing.Errors {
			e := &missing.Errors[i]
			line, _ := e.Position()
			for name := range dottedPrefixes(e.Key()) {
				if lines[name] == 0 {
					lines[name] = line
				}
			}
		}
	}
	return lines
}

// dottedPrefixes yields the dotted names of a key and of its parent tables.
func dottedPrefixes(k toml.Key) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for n := len(k); n > 0; n-- {
			if !yield(strings.Join(k[:n], ".")) {
				return
			}
		}
	}
}

func (p *parser) addProblem(name, format string, args ...any) {
	p.problems = append(p.problems, problem{max(p.lines[name], 1), fmt.Sprintf(format, args...)})
}

// applySetting applies one top-level key.
func (p *parser) applySetting(name string, value any) {
	switch name {
	case "interval":
		p.applyInterval(value)
	case "theme":
		p.applyTheme(value)
	case "columns":
		p.applyColumns(value)
	case "colors":
		if table, ok := value.(map[string]any); ok {
			p.applyColors(table)
		} else {
			p.addProblem(name, "colors must be a table: [colors], then one line per role")
		}
	case "keys":
		if table, ok := value.(map[string]any); ok {
			p.applyKeys(table)
		} else {
			p.addProblem(name, "keys must be a table: [keys], then one line per action")
		}
	default:
		p.addProblem(name, "unknown setting %q: must be one of interval, theme, columns, colors, keys", name)
	}
}

func (p *parser) applyInterval(value any) {
	s, ok := value.(string)
	if !ok {
		p.addProblem("interval", `interval: expected a quoted duration such as "500ms" or "2s"`)
		return
	}
	d, err := ParseInterval(s)
	if err != nil {
		p.addProblem("interval", "interval %q: %v", s, err)
	}
	p.config.Interval = d
}

func (p *parser) applyTheme(value any) {
	var names []string
	for _, t := range style.Themes() {
		names = append(names, t.Name)
	}
	s, ok := value.(string)
	if !ok || !slices.Contains(names, s) {
		p.addProblem("theme", "theme %s: must be one of: %s", formatValue(value), strings.Join(names, ", "))
	}
	p.config.Theme = s
}

func (p *parser) applyColumns(value any) {
	names, ok := stringList(value)
	switch {
	case !ok:
		p.addProblem("columns", `columns: expected a list of quoted names such as ["local", "process"]`)
		return
	case len(names) == 0:
		p.addProblem("columns", "columns: list at least one")
	}
	known := ui.TableColumns()
	for i, name := range names {
		switch {
		case !slices.Contains(known, name):
			p.addProblem("columns", "unknown column %q: must be one of: %s", name, strings.Join(known, ", "))
		case slices.Contains(names[:i], name):
			p.addProblem("columns", "column %q is listed twice", name)
		}
	}
	p.config.Columns = names
}

// stringList converts a list of strings.
func stringList(value any) ([]string, bool) {
	list, ok := value.([]any)
	all := make([]string, 0, len(list))
	for _, v := range list {
		s, isText := v.(string)
		all, ok = append(all, s), ok && isText
	}
	return all, ok
}

// formatValue formats a value for an error message: text quoted, other types as Go does.
func formatValue(value any) string {
	if s, ok := value.(string); ok {
		return fmt.Sprintf("%q", s)
	}
	return fmt.Sprint(value)
}
