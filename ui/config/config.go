// Package config reads and writes the configuration file.
//
// It knows the names of the settings, which other packages provide, but not their
// effects. Every error names the line of the file.
package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"lotop/ui"
	"lotop/ui/style"
	"lotop/ui/tui/keymap"
)

// Config holds the settings of the file, and the defaults of those that it omits.
type Config struct {
	Interval time.Duration       // of refreshes, at least MinInterval
	Theme    string              // one of style.Themes
	Columns  []string            // from ui.TableColumns, from left to right
	Colors   map[string]string   // by a name of style.RoleNames, over those of the theme
	Keys     map[string][]string // by the name of an action of keymap.Actions
}

// MinInterval is the shortest refresh interval: it bounds the load that lotop causes.
const MinInterval = 50 * time.Millisecond

// Default returns the configuration without a file.
func Default() Config {
	c := Config{
		Interval: time.Second,
		Theme:    style.Themes()[0].Name,
		Columns:  ui.TableColumns(),
		Colors:   map[string]string{},
		Keys:     map[string][]string{},
	}
	for _, a := range keymap.Actions() {
		if a.Name != "" {
			c.Keys[a.Name] = a.Keys
		}
	}
	return c
}

// ParseInterval parses a refresh interval.
func ParseInterval(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0, errors.New("expected a duration such as 500ms or 2s")
	}
	if d < MinInterval {
		return 0, fmt.Errorf("must be at least %v", MinInterval)
	}
	return d, nil
}

// Path returns the path of the file, whether it exists or not: under
// $XDG_CONFIG_HOME if that is set, else under the system's configuration directory.
// It is empty if the user has no home directory.
func Path(getenv func(string) string) string {
	dir := getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(dir) { // the XDG Base Directory Specification ignores it then
		var err error
		if dir, err = os.UserConfigDir(); err != nil {
			home, err := os.UserHomeDir()
			if err != nil {
				return ""
			}
			dir = filepath.Join(home, ".config")
		}
	}
	return filepath.Join(dir, "lotop", "config.toml")
}

// Load reads the file at a path. It returns the defaults if there is none or it is
// not accessible. Errors name the file, and the line if there is one.
func Load(path string) (Config, error) {
	// Under sudo or su the home directory is often one that this user cannot
	// read, or does not exist. Neither is an error.
	if _, err := os.Stat(path); err != nil {
		return Default(), nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Config{}, fmt.Errorf("read the configuration: %w", err)
	}
	c, wrong := parse(text)
	if wrong != nil {
		return Config{}, fmt.Errorf("%s:%d: %s", path, wrong.line, wrong.message)
	}
	return c, nil
}
