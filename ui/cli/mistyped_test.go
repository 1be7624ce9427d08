package cli

import (
	"slices"
	"strings"
	"testing"
)

// A first word that is nearly a command is a mistake and not a query.
func TestMistypedCommand(t *testing.T) {
	for args, want := range map[string]string{
		"kill 3000":      "free 3000",
		"stop 3000":      "free 3000",
		"end 3000":       "free 3000",
		"ls":             "list",
		"show":           "list",
		"ps":             "list",
		"monitor":        "watch",
		"tail":           "watch",
		"follow":         "watch",
		"explain 3000":   "why 3000",
		"check 3000":     "why 3000",
		"diagnose 3000":  "why 3000",
		"port 3000":      "ports 3000",
		"lst":            "list",
		"lits name:node": "list name:node",
		"fre 3000":       "free 3000",
		"wacth":          "watch",
		"wiat 80":        "wait 80",
		"docter":         "doctor",
		"wy 80":          "",
		"cnofgi":         "config",
		"List":           "list",
	} {
		r := setting{}.run(t, strings.Fields(args)...)
		if want == "" {
			if strings.Contains(r.err, "did you mean") {
				t.Errorf("lotop %s: %q", args, r.err)
			}
			continue
		}
		word, _, _ := strings.Cut(args, " ")
		all := "lotop: unknown command " + word + ": did you mean lotop " + want + "? to filter by the word run lotop list " + args + ", or put -- before it\n"
		if r.code != exitFailed || r.out != "" || r.err != all {
			t.Errorf("lotop %s: exit %d, %q\n got %swant %s", args, r.code, r.out, r.err, all)
		}
	}
}

// Names of programs, and what the message offers as a way out, are queries.
func TestWordsThatAreNoCommand(t *testing.T) {
	programs := "docker dockerd node redis vite lsof nginx php git npm bun deno java rust fish main make map mail helm http test chrome postgres python ssh vim curl 3000 :3000 not:lst"
	for word := range strings.FieldsSeq(programs) {
		if got := intendedCommand(word); got != "" {
			t.Errorf("%s is taken for %s", word, got)
		}
	}
	for _, args := range [][]string{{"list", "lst"}, {"--", "lst"}, {"-a", "--", "kill", "3000"}, {"name:lst"}, {`"lst"`}, {`"list"`}, {"node", "lst"}} {
		if r := (setting{}).run(t, args...); r.code == exitFailed || strings.Contains(r.err, "did you mean") {
			t.Errorf("%q: exit %d, %s", args, r.code, r.err)
		}
	}
	both := terminal{in: true, out: true, width: 80}
	if r := (setting{terminal: both}).run(t, "--", "kill", "3000"); r.screen == nil || r.screen.Query != "kill 3000" {
		t.Errorf("exit %d, %s", r.code, r.err)
	}
	if r := (setting{terminal: both}).run(t, "kill", "3000"); r.screen != nil || r.code != exitFailed {
		t.Errorf("the view opens: exit %d, %s", r.code, r.err)
	}
}

func TestEditDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"list", "list", 0},
		{"", "why", 3},
		{"lst", "list", 1},
		{"lisst", "list", 1},
		{"lust", "list", 1},
		{"ilst", "list", 1},
		{"wacth", "watch", 1},
		{"node", "free", 3},
		{"abc", "cab", 2},
	} {
		got := []int{editDistance(c.a, c.b), editDistance(c.b, c.a)}
		if !slices.Equal(got, []int{c.want, c.want}) {
			t.Errorf("%q and %q: %v, want %d", c.a, c.b, got, c.want)
		}
	}
}
