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

func bind(help, does string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(help, does))
}

// newKeyMap makes the key map, with other keys for some actions by their names.
func newKeyMap(other map[string][]string) keyMap {
	k := defaultKeys()
	for _, a := range k.actions() {
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
		b.SetHelp(keysSign(keys), b.Help().Desc)
	}
}

func defaultKeys() keyMap {
	return keyMap{
		Up:          bind("↑", "a row up", "up", "k"),
		Down:        bind("↓", "a row down", "down", "j"),
		PageUp:      bind("pgup", "a page up", "pgup", "ctrl+b"),
		PageDown:    bind("pgdn", "a page down", "pgdown", "ctrl+f"),
		Top:         bind("g", "first row", "g", "home"),
		Bottom:      bind("G", "last row", "G", "end"),
		Filter:      bind("/", "filter", "/"),
		Details:     bind("enter", "details", "enter"),
		Back:        bind("esc", "one step back", "esc"),
		NextView:    bind("tab", "view", "tab"),
		PrevView:    bind("shift+tab", "view before", "shift+tab"),
		Sort:        bind("s", "sort", "s"),
		Reverse:     bind("S", "reverse the order", "S"),
		ColumnLeft:  bind("<", "sort by the column before", "<"),
		ColumnRight: bind(">", "sort by the next column", ">"),
		Slower:      bind("+", "refresh less often", "+", "="),
		Faster:      bind("-", "refresh more often", "-", "_"),
		Help:        bind("?", "help", "?"),
		Free:        bind("x", "free port", "x"),
		Pin:         bind("w", "pin and watch", "w"),
		Pause:       bind("p", "pause", "p", "space"),
		All:         bind("a", "other hosts too", "a"),
		Unfold:      bind("u", "both ends as rows", "u"),
		Copy:        bind("y", "copy the address", "y"),
		Browse:      bind("o", "open in the browser", "o"),
		Quit:        bind("q", "quit", "q"),
		Interrupt:   bind("ctrl+c", "interrupt", "ctrl+c"),
		Suspend:     bind("ctrl+z", "to the background", "ctrl+z"),
		StepBack:    bind(",", "a snapshot back", ","),
		StepForward: bind(".", "a snapshot on", "."),
		JumpBack:    bind("[", "10 seconds back", "["),
		JumpForward: bind("]", "10 seconds on", "]"),
		SlowDown:    bind("{", "half the speed", "{"),
		SpeedUp:     bind("}", "twice the speed", "}"),
		Tenth:       bind("0-9", "to that tenth of it", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
	}
}
