package query

import (
	"strings"
	"testing"
)

// What the shortcut says of a regular expression must be true.
func TestCannotMatchAddr(t *testing.T) {
	for expr, want := range map[string]bool{
		"python|ruby": true, "(node)+x*": true, "[g-z]1": true, "n{2,}": true, "(?i)NODE": true, "ſ": true,
		"a.c": false, "python|127": false, "n?": false, "n*": false, "[a-z]": false, "^": false, "": false, "n{0,2}": false,
		"[^n]": false, "face": false, "(?i)FACE": false, `\d+`: false, `\*:80`: false, "(": false, ".": false,
	} {
		if got := cannotMatchAddr(expr); got != want {
			t.Errorf("%s: got %v", expr, got)
		}
	}
}

func TestNeedle(t *testing.T) {
	tests := []struct {
		text, in string
		want     bool
	}{
		{"node", "/usr/bin/NODE x", true},
		{"ode", "node", true},
		{"nodes", "node", false},
		{"aab", "aaab", true},
		{"@", "`", false}, // neighbors of the letters in ASCII are no letters
		{"[", "{", false},
		{"größe", "GRÖßE", true},
		{"日本", "x日本", true},
		{"日本", "日", false},
	}
	for _, tt := range tests {
		n := newNeedle(tt.text)
		if got := n.matches(tt.in); got != tt.want {
			t.Errorf("%q in %q: got %v", tt.text, tt.in, got)
		}
		if n.matches(tt.in) != n.matchesBytes([]byte(tt.in)) {
			t.Errorf("%q in %q: texts and bytes differ", tt.text, tt.in)
		}
	}
	long := newNeedle("x")
	if long.matches(strings.Repeat("y", 1000)) {
		t.Error("found what is not there")
	}
}
