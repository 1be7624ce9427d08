// Package config is the configuration file: where it is, what may stand in it,
// and how it is written.
//
// It knows the names of what can be configured, which package tui gives, and
// nothing of what they do. Whatever is wrong in a file is told with its line.
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

// Config is what the file says, with the defaults for what it leaves out.
type Config struct {
	Interval time.Duration       // between two looks, at least MinInterval
	Theme    string              // one of style.Themes
	Columns  []string            // some of ui.TableColumns, from left to right
	Keys     map[string][]string // the keys of every action of keymap.Actions that has a name
}

// MinInterval keeps lotop from being the busiest program it shows.
const MinInterval = 50 * time.Millisecond

// Default is the configuration without a file.
func Default() Config {
	c := Config{
		Interval: time.Second,
		Theme:    style.Themes()[0].Name,
		Columns:  ui.TableColumns(),
		Keys:     map[string][]string{},
	}
	for _, a := range keymap.Actions() {
		if a.Name != "" {
			c.Keys[a.Name] = a.Keys
		}
	}
	return c
}

// ParseInterval reads the time between two looks.
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

// Path is where the file is, if there is one: below $XDG_CONFIG_HOME where that
// is set, else where the system keeps such files. It is empty for someone who
// has no home.
func Path(getenv func(string) string) string {
	dir := getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(dir) { // by the XDG Base Directory Specification, it does not count then
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

// Load reads the file at a path. Where none can be seen it gives the defaults. The error names the file, and the line if it is one in it.
func Load(path string) (Config, error) {
	// Who runs lotop as another user often keeps a home that this user cannot
	// look into, or has none: there is no file for them.
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
