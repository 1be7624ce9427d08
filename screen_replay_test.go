//go:build linux

package main_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A session is recorded on one screen and gone through on another.
func screenReplay(t *testing.T, lotop string) {
	ports := freePorts(t, 2)
	s := serve(t, ports[0])
	file := filepath.Join(t.TempDir(), "session")
	x := open(t, 80, 24, lotop+" --interval 100ms --record "+file+" "+only(ports...))
	x.awaitText(inRow(ports[0]), "● live")
	s.toggle(ports[1])
	x.awaitText(inRow(ports[1]))
	s.toggle(ports[0])
	x.awaitNot(inRow(ports[0]))
	x.press("q")
	x.awaitSane(0)
	s.toggle(ports[1])

	x = open(t, 80, 24, lotop+" --replay "+file+" "+only(ports...))
	x.awaitText("0:00/0:", "×1")
	x.press(",", "0")
	x.awaitText("‖ ", inRow(ports[0]))
	x.awaitNot(inRow(ports[1]))
	x.press("]")
	x.awaitText(inRow(ports[1]))
	x.awaitNot(inRow(ports[0]))
	x.press("x")
	x.awaitText("cannot free a port in a recording")
	x.press("}")
	x.awaitText("×2")
	x.press("q")
	x.awaitSane(0)
}

func screenConfigured(t *testing.T, lotop string) {
	dir := t.TempDir()
	path := filepath.Join(dir, "lotop", "config.toml")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	save := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	line := "XDG_CONFIG_HOME=" + dir + " " + lotop
	save("interval = \"5s\"\ncolumns = [\"pid\", \"local\"]\n[keys]\nquit = \"f10\"\n")
	ports := freePorts(t, 1)
	serve(t, ports...)
	x := open(t, 80, 24, line+" "+only(ports...))
	x.awaitText("● live 5s", inRow(ports[0]), "f10 quit")
	x.press("3") // the columns are those of the sockets
	screen := x.awaitText("LOCAL↑")
	if titles := strings.Fields(lineWith(screen, "LOCAL")); !slices.Equal(titles, []string{"PID", "LOCAL↑"}) {
		t.Errorf("the titles are %v", titles)
	}
	x.press("q")
	x.press("F10")
	x.awaitSane(0)
	save("[keys]\nquit = \"Q\"\nhelp = \"Q\"\n")
	x = open(t, 160, 24, line)
	x.awaitText(path + ":3: help: key \"Q\" is already bound to quit on line 2")
	x.awaitSane(2)
}
