package keymap

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

var errKeyName = errors.New(`expected a character or a key name such as "up", "pgdown", "space" or "f5", with "ctrl+", "alt+" or "shift+" as prefix`)

// Parse reads the name of a key, and gives it as Bubble Tea has it.
func Parse(s string) (string, error) {
	base, mods, err := splitKey(s)
	if err != nil {
		return "", err
	}
	if letter, size := utf8.DecodeRuneInString(base); size == len(base) {
		if !unicode.IsPrint(letter) || letter == utf8.RuneError {
			return "", errKeyName
		}
		if slices.Equal(mods, []string{"shift"}) {
			if upper := unicode.ToUpper(letter); upper != letter {
				return string(upper), nil // a terminal sends the letter and no more
			}
			return "", errors.New("write the shifted character instead")
		}
		if len(mods) > 0 {
			base = string(unicode.ToLower(letter))
		}
	} else if base, err = namedKey(base); err != nil {
		return "", err
	}
	name := strings.Join(append(mods, base), "+")
	if same := map[string]string{"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+[": "esc"}[name]; same != "" {
		return "", errors.New("terminals cannot distinguish it from " + same)
	}
	return name, nil
}

// splitKey takes the modifiers off, and puts them in the order of Bubble Tea.
func splitKey(s string) (base string, mods []string, err error) {
	before := ""
	switch i := strings.LastIndexByte(s, '+'); {
	case s == "":
		return "", nil, errKeyName
	case s == "+":
		base = s
	case strings.HasSuffix(s, "++"):
		base, before = "+", s[:len(s)-2]
	case i == 0 || i == len(s)-1:
		return "", nil, errKeyName
	default:
		base, before = s[i+1:], s[:max(i, 0)]
	}
	if base == " " {
		base = "space"
	}
	if before == "" {
		return base, nil, nil
	}
	given := strings.Split(strings.ToLower(before), "+")
	for _, mod := range []string{"ctrl", "alt", "shift", "meta", "hyper", "super"} {
		if slices.Contains(given, mod) {
			mods = append(mods, mod)
		}
	}
	if len(mods) != len(given) {
		return "", nil, errKeyName
	}
	return base, mods, nil
}

// namedKey reads the name of a key that writes nothing.
func namedKey(name string) (string, error) {
	name = strings.ToLower(name)
	switch name {
	case "up", "down", "left", "right", "enter", "esc", "tab", "space", "backspace", "delete", "insert", "home", "end", "pgup", "pgdown":
		return name, nil
	case "escape":
		return "esc", nil
	case "return":
		return "enter", nil
	case "pgdn", "pagedown":
		return "pgdown", nil
	case "pageup":
		return "pgup", nil
	}
	if n, err := strconv.Atoi(strings.TrimPrefix(name, "f")); err == nil && name == "f"+strconv.Itoa(n) && n >= 1 && n <= 24 {
		return name, nil
	}
	return "", errKeyName
}
