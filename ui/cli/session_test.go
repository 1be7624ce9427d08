package cli

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"lotop/sockets/recording"
)

// What the commands print of a recorded session of real programs, see
// scripts/record-session.
func TestGoldenSession(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "sessions", "shop.lotop")
	p, err := recording.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	begin := p.Position().Begin
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	at := func(seconds int) string {
		return begin.Add(time.Duration(seconds) * time.Second).Format(time.TimeOnly)
	}
	for name, args := range map[string][]string{
		"watch":             {"watch"},
		"watch-from":        {"watch", "--at", at(20), "--for", "5s"},
		"watch-debugger":    {"watch", "is:debugger"},
		"watch-json":        {"watch", "--json", "port:4173"},
		"list-begin":        {"list", "--at", at(0)},
		"list-busy":         {"list", "--at", at(15)},
		"list-end":          {"list"},
		"list-debugger":     {"list", "--at", at(15), "is:debugger"},
		"list-exposed-json": {"list", "--at", at(15), "--json", "is:exposed"},
	} {
		t.Run(name, func(t *testing.T) {
			r := setting{}.run(t, append(args, "--replay", path)...)
			if r.code != 0 || r.err != "" {
				t.Errorf("exit %d, %q", r.code, r.err)
			}
			golden.RequireEqual(t, r.out)
		})
	}
}
