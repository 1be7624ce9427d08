package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lotop/ui/tui"
)

// leave runs the interactive view, leaves it with that shown, and returns with what it
// began.
func leave(t *testing.T, s setting, left tui.Shown, args ...string) (began tui.Options, stderr string) {
	t.Helper()
	s.terminal.in, s.terminal.out = true, true
	s.left = &left
	r := s.run(t, args...)
	if r.screen == nil || r.code != 0 {
		t.Fatalf("no screen: %+v", r)
	}
	return *r.screen, r.err
}

func TestRemembersWhatWasShown(t *testing.T) {
	dir := t.TempDir()
	s := setting{config: filepath.Join(dir, "config.toml")}
	left := tui.Shown{View: "sockets", Sort: "pid", Reverse: true, Group: "folder", Interval: 5 * time.Second}
	if o, _ := leave(t, s, left); o.Shown != (tui.Shown{}) || o.Interval != time.Second {
		t.Errorf("the first run begins with %+v, %v", o.Shown, o.Interval)
	}
	same := left
	same.Interval = 0
	if o, _ := leave(t, s, left); o.Shown != same || o.Interval != 5*time.Second {
		t.Errorf("the second run begins with %+v, %v", o.Shown, o.Interval)
	}
	if o, _ := leave(t, s, left, "--view", "events", "--interval", "2s"); o.Shown.View != "events" || o.Interval != 2*time.Second {
		t.Errorf("flags are not stronger: %+v, %v", o.Shown, o.Interval)
	}
	if o, _ := leave(t, s, tui.Shown{View: "ports"}, "--no-state"); o.Shown != (tui.Shown{}) {
		t.Errorf("--no-state begins with %+v", o.Shown)
	}
	if o, _ := leave(t, s, left); o.Shown.View != "sockets" {
		t.Error("--no-state has changed what is remembered")
	}
	if err := os.WriteFile(s.config, []byte("interval = '3s'"), 0o600); err != nil {
		t.Fatal(err)
	}
	if o, _ := leave(t, s, left); o.Interval != 3*time.Second {
		t.Errorf("a configuration that was changed since gives %v", o.Interval)
	}
}

// Under sudo the state of the user is left alone.
func TestRemembersNothingUnderSudo(t *testing.T) {
	dir := t.TempDir()
	s := setting{config: filepath.Join(dir, "config.toml"), env: map[string]string{"SUDO_USER": "ada"}}
	leave(t, s, tui.Shown{View: "sockets"})
	if all, _ := os.ReadDir(dir); len(all) != 0 {
		t.Errorf("written: %v", all)
	}
}

func TestCannotRemember(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := setting{config: filepath.Join(file, "lotop", "config.toml")} // below what is no directory
	if _, stderr := leave(t, s, tui.Shown{View: "sockets"}); !strings.Contains(stderr, "view and order are not remembered: ") {
		t.Errorf("%q", stderr)
	}
}
