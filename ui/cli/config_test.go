package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lotop/ui/config"
)

// saved is the path of a file with that text.
func saved(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// What config writes is, saved as the file, the same configuration.
func TestConfig(t *testing.T) {
	first := setting{config: saved(t, "theme = \"dark\"\n[keys]\nfree = \"X\"\n")}.run(t, "config", "--interval", "2s")
	for _, want := range []string{"interval = \"2s\"\n", "theme = \"dark\"\n", "free = [\"X\"] ", "columns = [\"proto\", \"local\", "} {
		if !strings.Contains(first.out, want) {
			t.Errorf("no %q in\n%s", want, first.out)
		}
	}
	if first.code != 0 || first.err != "" {
		t.Errorf("exit %d, %q", first.code, first.err)
	}
	path := saved(t, first.out)
	second := setting{config: path}.run(t, "config")
	body := func(out string) string { return out[strings.Index(out, "\n# Refresh interval"):] }
	if second.code != 0 || body(second.out) != body(first.out) || !strings.Contains(second.out, path) {
		t.Errorf("exit %d, %s\n%s", second.code, second.err, second.out)
	}
	if r := (setting{}).run(t, "config", "--theme", "contrast"); r.code != 0 || !strings.Contains(r.out, "theme = \"contrast\"\n") {
		t.Errorf("without a file: exit %d, %s%s", r.code, r.out, r.err)
	}
}

// Flags win over the file, and the file over the defaults.
func TestScreenTakesTheConfiguration(t *testing.T) {
	both := terminal{in: true, out: true, width: 80}
	file := saved(t, "interval = \"3s\"\ntheme = \"light\"\ncolumns = [\"pid\", \"local\"]\n[colors]\naccent = \"red\"\n[keys]\nquit = []\n")
	r := setting{terminal: both, config: file}.run(t)
	if o := r.screen; o == nil || o.Interval != 3*time.Second || o.Theme != "light" || o.Colors["accent"] != "red" || strings.Join(o.Columns, " ") != "pid local" || len(o.Keys["quit"]) != 0 || o.Keys["help"][0] != "?" {
		t.Errorf("%+v, %s", r.screen, r.err)
	}
	r = setting{terminal: both, config: file}.run(t, "--interval=1s", "--theme=dark")
	if o := r.screen; o == nil || o.Interval != time.Second || o.Theme != "dark" || len(o.Columns) != 2 {
		t.Errorf("%+v, %s", r.screen, r.err)
	}
	r = setting{terminal: both}.run(t)
	if o, want := r.screen, config.Default(); o == nil || o.Interval != want.Interval || o.Theme != want.Theme || len(o.Columns) != len(want.Columns) {
		t.Errorf("%+v, %s", r.screen, r.err)
	}
}

func TestWrongConfiguration(t *testing.T) {
	both := terminal{in: true, out: true, width: 80}
	path := saved(t, "theme = \"dark\"\n\n[keys]\npin = \"x\"\n")
	want := "lotop: " + path + ":4: pin: key \"x\" is already bound to free: rebind free too, or unbind it with free = []\n"
	for _, args := range [][]string{{}, {"config"}, {"--theme", "light"}} {
		if r := (setting{terminal: both, config: path}).run(t, args...); r.code != exitFailed || r.screen != nil || r.out != "" || r.err != want {
			t.Errorf("%q: exit %d, %q", args, r.code, r.err)
		}
	}
	// What the screen looks like is nothing to a script.
	if r := (setting{config: path}).run(t, "list"); r.code != 0 {
		t.Errorf("list: exit %d, %s", r.code, r.err)
	}
	path = saved(t, "x = \"\x1b]0;\"\n")
	if r := (setting{config: path}).run(t, "config"); r.code != exitFailed || strings.Contains(r.err, "\x1b") || !strings.Contains(r.err, path+":1: ") {
		t.Errorf("exit %d, %q", r.code, r.err)
	}
}
