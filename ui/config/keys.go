package config

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"lotop/ui/tui/keymap"
)

// binding is the action that a key triggers.
type binding struct {
	action string
	line   int // in the file, 0 for a default
}

// applyKeys applies the table of keys. A key triggers one action: it is an error to
// bind it to two, even if one of them has it by default.
func (p *parser) applyKeys(table map[string]any) {
	taken := map[string]binding{}
	known := map[string]bool{}
	for _, a := range keymap.Actions() {
		known[a.Name] = a.Name != ""
		if _, given := table[a.Name]; given && a.Name != "" {
			continue
		}
		for _, key := range a.Keys {
			taken[key] = binding{action: a.Name}
		}
	}
	// In the order of the lines, so that the second of two is reported.
	names := slices.SortedFunc(maps.Keys(table), func(a, b string) int {
		return cmp.Or(cmp.Compare(p.lines["keys."+a], p.lines["keys."+b]), cmp.Compare(a, b))
	})
	for _, action := range names {
		place := "keys." + action
		if !known[action] {
			p.addProblem(place, "unknown action %q: run lotop config for the list", action)
			continue
		}
		p.config.Keys[action] = p.bindKeys(place, action, table[action], taken)
	}
}

// bindKeys parses the keys of one action.
func (p *parser) bindKeys(place, action string, value any, taken map[string]binding) []string {
	given, ok := stringList(value)
	if one, isText := value.(string); isText {
		given, ok = []string{one}, true
	}
	if !ok {
		p.addProblem(place, `%s: keys must be quoted, such as %s = ["x", "ctrl+x"]`, action, action)
		return nil
	}
	keys := make([]string, 0, len(given))
	for _, s := range given {
		key, err := keymap.Parse(s)
		if err != nil {
			p.addProblem(place, "%s: unknown key %q: %v", action, s, err)
			continue
		}
		if other, is := taken[key]; is && other.action != action && !keymap.Exclusive(other.action, action) {
			p.addProblem(place, "%s: key %q %s", action, s, other.conflict())
		}
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
		taken[key] = binding{action, p.lines[place]}
	}
	return keys
}

// conflict returns the reason why a key cannot be bound again.
func (o binding) conflict() string {
	switch {
	case o.action == "":
		return "is reserved for interrupting or suspending lotop"
	case o.line > 0:
		return fmt.Sprintf("is already bound to %s on line %d", o.action, o.line)
	}
	return fmt.Sprintf("is already bound to %s: rebind %s too, or unbind it with %s = []", o.action, o.action, o.action)
}
