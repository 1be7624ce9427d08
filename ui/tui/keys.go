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
		Up:          bind("↑", "up", "up", "k"),
		Down:        bind("↓", "down", "down", "j"),
		PageUp:      bind("pgup", "page up", "pgup", "ctrl+b"),
		PageDown:    bind("pgdn", "page down", "pgdown", "ctrl+f"),
		Top:         bind("g", "first row", "g", "home"),
		Bottom:      bind("G", "last row", "G", "end"),
		Filter:      bind("/", "filter", "/"),
		Details:     bind("enter", "details", "enter"),
		Back:        bind("esc", "back", "esc"),
		NextView:    bind("tab", "next view", "tab"),
		PrevView:    bind("shift+tab", "previous view", "shift+tab"),
		Sort:        bind("s", "sort", "s"),
		Reverse:     bind("S", "reverse sort", "S"),
		ColumnLeft:  bind("<", "sort previous column", "<"),
		ColumnRight: bind(">", "sort next column", ">"),
		Slower:      bind("+", "slower refresh", "+", "="),
		Faster:      bind("-", "faster refresh", "-", "_"),
		Help:        bind("?", "help", "?"),
		Free:        bind("x", "free port", "x"),
		Pin:         bind("w", "pin row", "w"),
		Pause:       bind("p", "pause", "p", "space"),
		All:         bind("a", "toggle all hosts", "a"),
		Unfold:      bind("u", "toggle separate ends", "u"),
		Copy:        bind("y", "copy address", "y"),
		Browse:      bind("o", "open in browser", "o"),
		Quit:        bind("q", "quit", "q"),
		Interrupt:   bind("ctrl+c", "interrupt", "ctrl+c"),
		Suspend:     bind("ctrl+z", "suspend", "ctrl+z"),
		StepBack:    bind(",", "previous snapshot", ","),
		StepForward: bind(".", "next snapshot", "."),
		JumpBack:    bind("[", "10 seconds back", "["),
		JumpForward: bind("]", "10 seconds forward", "]"),
		SlowDown:    bind("{", "half speed", "{"),
		SpeedUp:     bind("}", "double speed", "}"),
		Tenth:       bind("0-9", "jump to 0-90%", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
	}
}
