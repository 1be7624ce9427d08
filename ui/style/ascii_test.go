package style

import (
	"testing"
)

func TestASCII(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                                "plain",
		"127.0.0.1:80 ← 127.0.0.1:1":           "127.0.0.1:80 <- 127.0.0.1:1",
		"LISTEN → CLOSE":                       "LISTEN -> CLOSE",
		"*:8080 ⚠":                             "*:8080 !",
		"✓ 3000 is free":                       "ok 3000 is free",
		"✗ still in use":                       "x still in use",
		"systemd › npm":                        "systemd > npm",
		"≤12m":                                 "<=12m",
		"closing the connection …":             "closing the connection ...",
		"node /home/…r.js":                     "node /home/~r.js",
		"— ● ▸ ▲ ▼ │ ─ ╭ ╯":                    "- * > ^ v | - + +",
		"服务器🚀 ← node":                          "服务器🚀 <- node",
		"\x1b[31m ⚠\x1b[0m \x1b[90m→\x1b[0m x": "\x1b[31m !\x1b[0m \x1b[90m->\x1b[0m x",
	} {
		if got := ASCII(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

// On the screen nothing moves: what a sign needs comes from the next gap, and
// where there is none the sign is shorter.
func TestASCIIWithin(t *testing.T) {
	for in, want := range map[string]string{
		"← 127.0.0.1:1  ESTABLISHED":      "<- 127.0.0.1:1 ESTABLISHED",
		"a ↔ b   c":                       "a <-> b c",
		"a ↔ b  c":                        "a = b  c",
		"← 127.0.0.1:1 x":                 "< 127.0.0.1:1 x",
		"│ a → b  │ c  d":                 "| a -> b | c  d",
		"│ a → b │ c  d":                  "| a > b | c  d",
		"node    ≤12m  ada":               "node   <=12m  ada",
		"node    \x1b[90m≤12m\x1b[0m ada": "node   \x1b[90m<=12m\x1b[0m ada",
		"← \x1b[1ma\x1b[0m  b":            "<- \x1b[1ma\x1b[0m b",
		"cut of…  next":                   "cut of~  next",
	} {
		got := ASCIIWithin(in, 0)
		if got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
		if Width(got) != Width(in) {
			t.Errorf("%q has %d cells, %q has %d", got, Width(got), in, Width(in))
		}
	}
	if got := ASCIIWithin("a ← b", 6); got != "a <- b" {
		t.Errorf("with room behind the line: %q", got)
	}
}

// Every sign has one of ASCII, of one cell as it has itself.
func TestSigns(t *testing.T) {
	if len([]rune(signs)) != len(asciiSigns) {
		t.Fatalf("%d signs, %d of ASCII", len([]rune(signs)), len(asciiSigns))
	}
	for _, r := range signs + "→←↔≤✓…⠋⠙⣾" {
		if short, _ := sign(r); len(short) != 1 || Width(string(r)) != 1 {
			t.Errorf("%c of %d cells is %q", r, Width(string(r)), short)
		}
	}
}

func TestUTF8(t *testing.T) {
	for _, c := range []struct {
		all, ctype, lang, term string
		want                   bool
	}{
		{"", "", "en_US.UTF-8", "", true},
		{"", "", "C.UTF-8", "", true},
		{"", "", "de_DE.utf8@euro", "", true},
		{"", "UTF-8", "", "", true},
		{"", "", "", "xterm", false},
		{"C", "en_US.UTF-8", "en_US.UTF-8", "", false},
		{"POSIX", "", "en_US.UTF-8", "", false},
		{"", "C", "en_US.UTF-8", "", false},
		{"en_US.UTF-8", "C", "C", "", true},
		{"", "", "de_DE", "", false},
		{"", "", "de_DE.ISO-8859-1", "", false},
		{"", "", "", "xterm-kitty", true},
		{"C", "", "", "foot", true},
		{"", "", "de_DE.ISO-8859-1", "foot", false},
	} {
		getenv := func(name string) string {
			return map[string]string{"LC_ALL": c.all, "LC_CTYPE": c.ctype, "LANG": c.lang, "TERM": c.term}[name]
		}
		if got := UTF8(getenv, "linux", true); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
		if !UTF8(getenv, "windows", true) {
			t.Errorf("%+v: not on Windows", c)
		}
	}
	kitty := func(name string) string { return map[string]string{"TERM": "xterm-kitty"}[name] }
	if UTF8(kitty, "linux", false) {
		t.Error("a terminal says nothing of a pipe")
	}
}
