package config

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestState(t *testing.T) {
	path := StatePath(filepath.Join(t.TempDir(), "lotop", "config.toml"))
	if got := LoadState(path); got != (State{}) {
		t.Errorf("without a file: %+v", got)
	}
	want := State{View: "sockets", Sort: "pid", Reverse: true, Group: "folder", Interval: "5s", Configured: "1s"}
	for range 2 { // the second replaces the first
		if err := SaveState(path, want); err != nil {
			t.Fatal(err)
		}
	}
	if got := LoadState(path); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
	if err := os.WriteFile(path, []byte("view = [broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := LoadState(path); got != (State{}) {
		t.Errorf("of a damaged file: %+v", got)
	}
	if StatePath("") != "" {
		t.Error("a state file without a configuration directory")
	}
}

// A configuration that was changed since takes precedence over a key.
func TestStateInterval(t *testing.T) {
	for _, tt := range []struct {
		state      State
		configured time.Duration
		want       time.Duration
	}{
		{State{}, time.Second, time.Second},
		{State{Interval: "5s", Configured: "1s"}, time.Second, 5 * time.Second},
		{State{Interval: "5s", Configured: "1s"}, 2 * time.Second, 2 * time.Second},
		{State{Interval: "1ms", Configured: "1s"}, time.Second, time.Second},
		{State{Interval: "soon", Configured: "1s"}, time.Second, time.Second},
	} {
		if got := tt.state.RefreshInterval(tt.configured); got != tt.want {
			t.Errorf("%+v: %v, want %v", tt.state, got, tt.want)
		}
	}
}
