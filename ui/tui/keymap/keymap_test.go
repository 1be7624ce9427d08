package keymap

import (
	"reflect"
	"testing"
)

// Every action of the key map has a name of its own, but for the keys that work
// wherever something is typed.
func TestActions(t *testing.T) {
	d := Default()
	if got, want := len(d.Entries()), reflect.TypeOf(d).NumField(); got != want {
		t.Errorf("%d actions for %d bindings", got, want)
	}
	names := map[string]bool{}
	for _, a := range Actions() {
		if a.Name == "" && a.Keys[0] != "ctrl+c" && a.Keys[0] != "ctrl+z" || a.Name != "" && names[a.Name] {
			t.Errorf("the name of %q is %q", a.Description, a.Name)
		}
		names[a.Name] = true
		for _, k := range a.Keys {
			if got, err := Parse(k); err != nil || got != k {
				t.Errorf("%s is read as %s, %v", k, got, err)
			}
		}
	}
}

func TestParseKey(t *testing.T) {
	for s, want := range map[string]string{
		"x": "x", "X": "X", "é": "é", "+": "+", " ": "space", "Space": "space", "shift+x": "X", "Ctrl+X": "ctrl+x",
		"ctrl++": "ctrl++", "ctrl+-": "ctrl+-", "alt+ctrl+a": "ctrl+alt+a", "Shift+Tab": "shift+tab", "F12": "f12",
		"PageDown": "pgdown", "escape": "esc", "return": "enter", "ctrl+space": "ctrl+space", "alt+ ": "alt+space",
		"": "", "xx": "", "ctrl": "", "ctrl+": "", "+x": "", "ctlr+x": "", "ctrl+ctrl+x": "", "f0": "", "f25": "", "f1x": "",
		"ctrl+m": "", "ctrl+[": "", "shift+1": "", "\x1b": "", "\n": "", "\xff": "", "\u202e": "",
	} {
		got, err := Parse(s)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q gives %q, %v; not %q", s, got, err, want)
		}
	}
}
