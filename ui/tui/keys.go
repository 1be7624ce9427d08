package tui

import (
	"slices"

	"charm.land/bubbles/v2/key"
)

// keyMap is every key of the screen. It drives both what a key does and what
// help says, so help cannot lie.
type keyMap struct {
	Up, Down, PageUp, PageDown, Top, Bottom key.Binding
	Filter, Details, Back, NextView, PrevView,
	Sort, Reverse, ColumnLeft, ColumnRight,
	Slower, Faster, Help, Free, Pin, Pause, All, Unfold,
	Copy, Browse, Quit, Interrupt, Suspend key.Binding
	// These are for a recording that plays.
	StepBack, StepForward, JumpBack, JumpForward,
	SlowDown, SpeedUp, Tenth key.Binding
}

func newBinding(help, does string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(help, does))
}

// newKeyMap makes the key map, with other keys for some actions by their names.
func newKeyMap(other map[string][]string) keyMap {
	k := defaultKeys()
	for _, a := range k.entries() {
		if keys, ok := other[a.name]; ok && a.name != "" {
			rebind(a.key, keys)
		}
	}
	return k
}

// rebind gives an action other keys, or none.
func rebind(b *key.Binding, keys []string) {
	switch {
	case len(keys) == 0:
		b.Unbind()
	case !slices.Equal(keys, b.Keys()):
		b.SetKeys(keys...)
		b.SetHelp(keysLabel(keys), b.Help().Desc)
	}
}

func defaultKeys() keyMap {
	return keyMap{
		Up:          newBinding("↑", "up", "up", "k"),
		Down:        newBinding("↓", "down", "down", "j"),
		PageUp:      newBinding("pgup", "page up", "pgup", "ctrl+b"),
		PageDown:    newBinding("pgdn", "page down", "pgdown", "ctrl+f"),
		Top:         newBinding("g", "first row", "g", "home"),
		Bottom:      newBinding("G", "last row", "G", "end"),
		Filter:      newBinding("/", "filter", "/"),
		Details:     newBinding("enter", "details", "enter"),
		Back:        newBinding("esc", "back", "esc"),
		NextView:    newBinding("tab", "next view", "tab"),
		PrevView:    newBinding("shift+tab", "previous view", "shift+tab"),
		Sort:        newBinding("s", "sort", "s"),
		Reverse:     newBinding("S", "reverse sort", "S"),
		ColumnLeft:  newBinding("<", "sort previous column", "<"),
		ColumnRight: newBinding(">", "sort next column", ">"),
		Slower:      newBinding("+", "slower refresh", "+", "="),
		Faster:      newBinding("-", "faster refresh", "-", "_"),
		Help:        newBinding("?", "help", "?"),
		Free:        newBinding("x", "free port", "x"),
		Pin:         newBinding("w", "pin row", "w"),
		Pause:       newBinding("p", "pause", "p", "space"),
		All:         newBinding("a", "toggle all hosts", "a"),
		Unfold:      newBinding("u", "toggle separate ends", "u"),
		Copy:        newBinding("y", "copy address", "y"),
		Browse:      newBinding("o", "open in browser", "o"),
		Quit:        newBinding("q", "quit", "q"),
		Interrupt:   newBinding("ctrl+c", "interrupt", "ctrl+c"),
		Suspend:     newBinding("ctrl+z", "suspend", "ctrl+z"),
		StepBack:    newBinding(",", "previous snapshot", ","),
		StepForward: newBinding(".", "next snapshot", "."),
		JumpBack:    newBinding("[", "10 seconds back", "["),
		JumpForward: newBinding("]", "10 seconds forward", "]"),
		SlowDown:    newBinding("{", "half speed", "{"),
		SpeedUp:     newBinding("}", "double speed", "}"),
		Tenth:       newBinding("0-9", "jump to 0-90%", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
	}
}
