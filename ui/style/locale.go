package style

import (
	"slices"
	"strings"
)

// UTF8 reports whether the environment promises a terminal that shows UTF-8: by its
// locale, or by a terminal that is known to show nothing else. terminal reports
// whether the output is one.
func UTF8(getenv func(string) string, os string, terminal bool) bool {
	if os == "windows" {
		return true // its consoles have no locale and take Unicode
	}
	locale := ""
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale = getenv(name); locale != "" {
			break
		}
	}
	if locale == "" || locale == "C" || locale == "POSIX" {
		return terminal && knownTerminal(getenv)
	}
	_, charset, _ := strings.Cut(locale, ".")
	charset, _, _ = strings.Cut(strings.ToLower(charset), "@")
	return charset == "utf-8" || charset == "utf8" || locale == "UTF-8" // macOS has that one
}

// knownTerminal reports whether the terminal has no other encoding than UTF-8, or
// that one by default.
func knownTerminal(getenv func(string) string) bool {
	for _, name := range []string{"WT_SESSION", "VTE_VERSION", "KONSOLE_VERSION", "KITTY_WINDOW_ID"} {
		if getenv(name) != "" {
			return true
		}
	}
	term := getenv("TERM")
	return slices.Contains([]string{"vscode", "iTerm.app", "WezTerm", "ghostty", "Apple_Terminal"}, getenv("TERM_PROGRAM")) ||
		slices.Contains([]string{"xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm"}, term)
}
