package config

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lotop/ui/style"
	"lotop/ui/tui/keymap"
)

func TestParse(t *testing.T) {
	c, wrong := parse([]byte("\ufeff" + `interval = "250ms"
theme = 'dark'
columns = ["process", "local"]
[colors]
text = "default"
accent = '#88C0D0'
danger = "9"
[keys]
up = "i"
down = ["k", "down", "k"]
free = ["ctrl+X", "alt+shift+f"]
pin = []
`))
	if wrong != nil {
		t.Fatal(*wrong)
	}
	want := Default()
	want.Interval, want.Theme, want.Columns = 250*time.Millisecond, "dark", []string{"process", "local"}
	want.Colors = map[string]string{"text": "default", "accent": "#88C0D0", "danger": "9"}
	want.Keys["up"], want.Keys["down"], want.Keys["pin"] = []string{"i"}, []string{"k", "down"}, []string{}
	want.Keys["free"] = []string{"ctrl+x", "alt+shift+f"}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Error(diff)
	}
	for _, text := range []string{"", "# nothing\n", "[keys]\r\n"} {
		if c, wrong := parse([]byte(text)); wrong != nil || !cmp.Equal(c, Default()) {
			t.Errorf("%q: %+v, %v", text, c, wrong)
		}
	}
}

func TestWrong(t *testing.T) {
	for _, c := range []struct {
		text, want string
		line       int
	}{
		{"\ninterval = 2", `interval: expected a quoted duration such as "500ms" or "2s"`, 2},
		{`interval = "2"`, `interval "2": expected a duration such as 500ms or 2s`, 1},
		{`interval = "1ms"`, `interval "1ms": must be at least 50ms`, 1},
		{"theme = \"dark\"\nintervall = \"2s\"", `unknown setting "intervall": must be one of interval, theme, columns, colors, keys`, 2},
		{"\n\n[colours]\ntext = 1", `unknown setting "colours"`, 3},
		{"\n\n[colors]\nred = 1", `unknown role "red": must be one of: text, quiet, accent, good, notice, danger, emphasis`, 4},
		{"[colors]\n\"\" = \"red\"", `unknown role ""`, 2},
		{"[colors]\naccent = \"red\"\ndanger = 9", `danger: colors must be quoted, such as danger = "#88c0d0", "9" or "red"`, 3},
		{"[colors]\naccent = [\"red\"]", `accent: colors must be quoted`, 2},
		{"[colors]\nquiet = \"#123\"", `quiet: unknown color "#123": expected six hexadecimal digits, such as #88c0d0`, 2},
		{"[colors]\ngood = \"256\"", `good: unknown color "256": must be #rrggbb, a number from 0 to 255, or one of: default, black, red, green,`, 2},
		{"[colors]\ngood = \"\\u001b[31m\"", `good: unknown color "\x1b[31m"`, 2},
		{"colors = \"red\"", `colors must be a table`, 1},
		{"\ncolors.good = \"rot\"", `good: unknown color "rot"`, 2},
		{"[colors]\nnotice = 1\ndanger = 2", `notice: colors`, 2},
		{"Theme = \"dark\"", `unknown setting "Theme"`, 1},
		{"\ntheme = \"drak\"", `theme "drak": must be one of: terminal, light, dark, contrast`, 2},
		{"theme = 3", `theme 3: must be one of`, 1},
		{"columns = \"local\"", `columns: expected a list of quoted names`, 1},
		{"columns = [1]", `columns: expected a list of quoted names`, 1},
		{"columns = []", `columns: list at least one`, 1},
		{"\ncolumns = [\"local\", \"proces\"]", `unknown column "proces": must be one of: proto, local,`, 2},
		{"columns = [\"pid\", \"pid\"]", `column "pid" is listed twice`, 1},
		{"keys = 3", `keys must be a table`, 1},
		{"[keys]\n\nfrea = \"x\"", `unknown action "frea": run lotop config for the list`, 3},
		{"[keys]\n\"\" = \"x\"", `unknown action ""`, 2},
		{"[keys]\nup = 3", `up: keys must be quoted, such as up = ["x", "ctrl+x"]`, 2},
		{"[keys]\nup = [\"k\",\n3]", `up: keys must be quoted`, 2},
		{"[keys]\nup = \"kk\"", `up: unknown key "kk": expected a character or a key name`, 2},
		{"[keys]\nup = \"ctrl+i\"", `up: unknown key "ctrl+i": terminals cannot distinguish it from tab`, 2},
		{"[keys]\nup = \"x\"", `up: key "x" is already bound to free: rebind free too, or unbind it with free = []`, 2},
		{"[keys]\nup = \"ctrl+c\"", `up: key "ctrl+c" is reserved for interrupting`, 2},
		{"[keys]\nup = \"F5\"\n# and\nfree = [\"x\", \"f5\"]", `free: key "f5" is already bound to up on line 2`, 4},
		{"keys = { up = \"x\" }", `up: key "x" is already bound to free`, 1},
		{"keys.free = \"X\"\nkeys.up = \"X\"", `up: key "X" is already bound to free on line 1`, 2},
		{"interval = \"1s\"\ninterval = ", "", 2},
		{"interval = \"1s\"\ninterval = \"2s\"", "", 2},
		{"a = \"\xff\"", "", 1},
		{"theme = 1\ninterval = 1\ncolumns = 1", "theme 1", 1}, // the first is told
	} {
		_, wrong := parse([]byte(c.text))
		if wrong == nil {
			t.Errorf("%q is taken", c.text)
			continue
		}
		if !strings.HasPrefix(wrong.message, c.want) || wrong.message == "" || wrong.line != c.line {
			t.Errorf("%q\n got line %d: %s\nwant line %d: %s", c.text, wrong.line, wrong.message, c.line, c.want)
		}
	}
}

// What is written is read as the same, and says the same again.
func TestText(t *testing.T) {
	other := Default()
	other.Interval, other.Theme, other.Columns = 90*time.Second, "contrast", []string{"command", "pid"}
	other.Keys["free"], other.Keys["pin"], other.Keys["up"] = []string{`"`, `\`, "é"}, nil, []string{"ctrl+up", "alt+space", "+", "ctrl++"}
	other.Colors["quiet"], other.Colors["emphasis"] = "bright-black", "#ABCDEF"
	other.Keys["slower"] = []string{"ctrl+pgup"}
	for _, c := range []Config{Default(), other} {
		text := c.Text("/home/ada/\n\x1b[31m.config/lotop/config.toml")
		back, wrong := parse([]byte(text))
		if wrong != nil {
			t.Fatalf("line %d: %s\n%s", wrong.line, wrong.message, text)
		}
		if again := back.Text("/home/ada/\n\x1b[31m.config/lotop/config.toml"); again != text || strings.Contains(text, "\x1b") {
			t.Errorf("%s", cmp.Diff(text, again))
		}
		if diff := cmp.Diff(c.Colors, back.Colors); diff != "" {
			t.Error(diff)
		}
		for _, a := range keymap.Actions() {
			if a.Name != "" && !cmp.Equal(append([]string{}, c.Keys[a.Name]...), append([]string{}, back.Keys[a.Name]...)) {
				t.Errorf("%s: %v, not %v", a.Name, back.Keys[a.Name], c.Keys[a.Name])
			}
		}
	}
}

// The text says of every role what it is used for, and of every color how it is named,
// in lines that fit a terminal. As it stands no role has a color of its own.
func TestTextOfColors(t *testing.T) {
	c := Default()
	text := c.Text("")
	for _, role := range style.RoleNames() {
		if !regexp.MustCompile(`(?m)^# ` + role + ` = "" +# \w`).MatchString(text) {
			t.Errorf("%s is not told about in\n%s", role, text)
		}
	}
	for _, name := range style.ColorNames() {
		if !strings.Contains(text, name) {
			t.Errorf("no %s in\n%s", name, text)
		}
	}
	for line := range strings.Lines(text) {
		if strings.Contains(line, "bright-") && len(line) > 100 {
			t.Errorf("a long line: %s", line)
		}
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	for _, none := range []string{"", filepath.Join(dir, "none", "config.toml"), filepath.Join(os.DevNull, "config.toml")} {
		if c, err := Load(none); err != nil || !cmp.Equal(c, Default()) {
			t.Errorf("%q: %+v, %v", none, c, err)
		}
	}
	if _, err := Load(dir); err == nil || !strings.HasPrefix(err.Error(), "read the configuration: ") || !strings.Contains(err.Error(), dir) {
		t.Errorf("a folder: %v", err)
	}
	path := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(path, []byte("# mine\nspeed = 3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	want := path + `:2: unknown setting "speed": must be one of interval, theme, columns, colors, keys`
	if _, err := Load(path); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestPath(t *testing.T) {
	dir := t.TempDir()
	at := func(xdg string) string {
		return Path(func(key string) string { return map[string]string{"XDG_CONFIG_HOME": xdg}[key] })
	}
	if got, want := at(dir), filepath.Join(dir, "lotop", "config.toml"); got != want {
		t.Errorf("%s, not %s", got, want)
	}
	for _, no := range []string{"", "relative"} {
		if got := at(no); got != "" && (!filepath.IsAbs(got) || strings.Contains(got, "relative")) {
			t.Errorf("XDG_CONFIG_HOME=%s gives %s", no, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	c := Default()
	f.Add(c.Text(""))
	f.Add("keys = { up = \"x\" }\n[[theme]]\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, wrong := parse([]byte(text))
		if wrong != nil {
			if wrong.line < 1 || wrong.line > strings.Count(text, "\n")+1 || wrong.message == "" {
				t.Errorf("line %d of %q: %q", wrong.line, text, wrong.message)
			}
			return
		}
		if _, wrong := parse([]byte(c.Text(""))); wrong != nil {
			t.Errorf("%q is written so that line %d is wrong: %s", text, wrong.line, wrong.message)
		}
	})
}
