package config

import (
	"os"
	"path/filepath"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// State is how the interactive view looked when it was left, for the next run. The zero
// value is no state.
type State struct {
	View    string `toml:"view"`
	Sort    string `toml:"sort"` // a name that model.ParseColumn takes
	Reverse bool   `toml:"reverse"`
	Group   string `toml:"group"`
	// Interval is the refresh interval that keys have set, empty if none has, while
	// Configured was the one of the configuration. Another one there takes precedence.
	Interval   string `toml:"interval,omitempty"`
	Configured string `toml:"configured,omitempty"`
}

// StatePath returns the path of the state file, beside that of the configuration; empty if
// there is none.
func StatePath(configFile string) string {
	if configFile == "" {
		return ""
	}
	return filepath.Join(filepath.Dir(configFile), "state.toml")
}

// LoadState reads a state file. One that is missing, damaged or of another version is no
// state: no user writes it by hand, so no user needs the error.
func LoadState(path string) State {
	var s State
	text, err := os.ReadFile(path)
	if err != nil || toml.Unmarshal(text, &s) != nil {
		return State{}
	}
	return s
}

// RefreshInterval returns the interval to begin with.
func (s *State) RefreshInterval(configured time.Duration) time.Duration {
	d, err := ParseInterval(s.Interval)
	if err != nil || s.Configured != configured.String() {
		return configured
	}
	return d
}

// SaveState writes a state file, whole or not at all, and makes its directory.
func SaveState(path string, s State) error {
	text, err := toml.Marshal(s)
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".state-*")
	if err != nil {
		return err
	}
	if _, err = f.Write(text); err == nil {
		err = f.Close()
	} else {
		_ = f.Close()
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
