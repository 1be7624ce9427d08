package cli

import (
	"runtime"
	"strings"
	"testing"
)

// Where the locale is not UTF-8, or with --ascii, no sign is beyond ASCII.
func TestASCII(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("consoles of Windows show Unicode, whatever the environment says")
	}
	wide := terminal{in: true, out: true, err: true, width: 200}
	for name, c := range map[string]struct {
		env   map[string]string
		args  string
		ascii bool
	}{
		"UTF-8":                 {nil, "", false},
		"flag":                  {nil, "--ascii", true},
		"no locale":             {map[string]string{"LANG": ""}, "", true},
		"C":                     {map[string]string{"LC_ALL": "C"}, "", true},
		"C, told otherwise":     {map[string]string{"LC_ALL": "C"}, "--ascii=false", false},
		"a known terminal":      {map[string]string{"LC_ALL": "C", "TERM": "xterm-kitty"}, "", false},
		"LC_ALL before LANG":    {map[string]string{"LC_ALL": "C.UTF-8", "LANG": "C"}, "", false},
		"LC_CTYPE before LANG":  {map[string]string{"LC_CTYPE": "POSIX"}, "", true},
		"another character set": {map[string]string{"LANG": "de_DE.ISO-8859-1"}, "", true},
	} {
		s := setting{terminal: wide, env: c.env}
		r := s.run(t, append([]string{"list", "--color=never"}, strings.Fields(c.args)...)...)
		if got := !strings.ContainsAny(r.out, "←⚠—≤"); got != c.ascii {
			t.Errorf("%s: ASCII %v\n%s", name, got, r.out)
		}
		if r := s.run(t, strings.Fields(c.args)...); r.screen == nil || r.screen.ASCII != c.ascii {
			t.Errorf("%s: the screen is told otherwise: %+v", name, r.screen)
		}
	}
	r := setting{terminal: wide}.run(t, "list", "--ascii", "--color=never")
	for _, want := range []string{"<- 127.0.0.1:51234", "*:8080 !", "node <- chrome (3302)", "<=12m"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("no %q in\n%s", want, r.out)
		}
	}
}

// The columns stand where they stand with signs.
func TestASCIIKeepsColumns(t *testing.T) {
	for width := 20; width <= 160; width += 7 {
		s := setting{terminal: terminal{out: true, width: width}}
		signs, ascii := s.run(t, "list", "--color=never").out, s.run(t, "list", "--color=never", "--ascii").out
		other := strings.Split(ascii, "\n")
		for i, line := range strings.Split(signs, "\n") {
			at := strings.Index(line, "LISTEN")
			if at < 0 {
				continue
			}
			column := len([]rune(line[:at]))
			if got := strings.Index(other[i], "LISTEN"); got != column || len(other[i]) > width {
				t.Errorf("%d columns: LISTEN at %d, not %d, of %d cells\n%s\n%s", width, got, column, len(other[i]), line, other[i])
			}
		}
	}
}
