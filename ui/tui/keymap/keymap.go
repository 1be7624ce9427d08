// Package keymap is the catalog of the screen's keys: their actions, their names in
// the configuration, and the hints that help and footer show.
package keymap

import (
	"slices"

	"charm.land/bubbles/v2/key"
)

// Map is every key of the screen. It drives both what a key does and what
// help says, so help cannot lie.
type Map struct {
	Up, Down, PageUp, PageDown, Top, Bottom key.Binding
	Filter, Details, Back, NextView, PrevView,
	Sort, Reverse, ColumnLeft, ColumnRight,
	Slower, Faster, Help, Free, Pin, Pause, All, Unfold,
	Copy, Browse, Quit, Interrupt, Suspend key.Binding
	// View is the number of a view; a recording has these keys for itself.
	View, Open, Close, Exposed, TimeWait, Group, Why key.Binding
	// Mark and MarkAll choose the rows on which Free, Copy and Pin act together.
	Mark, MarkAll key.Binding
	// These are for a recording that plays.
	StepBack, StepForward, JumpBack, JumpForward,
	SlowDown, SpeedUp, Tenth key.Binding
}

func Bind(help, does string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(help, does))
}

// New makes the key map, with other keys for some actions by their names.
func New(other map[string][]string) Map {
	k := Default()
	for _, a := range k.Entries() {
		if keys, ok := other[a.name]; ok && a.name != "" {
			rebind(a.Key, keys)
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
		b.SetHelp(KeysLabel(keys), b.Help().Desc)
	}
}

func Default() Map {
	return Map{
		Up:          Bind("↑", "up", "up", "k"),
		Down:        Bind("↓", "down", "down", "j"),
		PageUp:      Bind("pgup", "page up", "pgup", "ctrl+b"),
		PageDown:    Bind("pgdn", "page down", "pgdown", "ctrl+f"),
		Top:         Bind("g", "first row", "g", "home"),
		Bottom:      Bind("G", "last row", "G", "end"),
		Filter:      Bind("/", "filter", "/"),
		Details:     Bind("enter", "details", "enter"),
		Back:        Bind("esc", "back", "esc"),
		NextView:    Bind("tab", "next view", "tab"),
		PrevView:    Bind("shift+tab", "previous view", "shift+tab"),
		Sort:        Bind("s", "sort", "s"),
		Reverse:     Bind("S", "reverse sort", "S"),
		ColumnLeft:  Bind("<", "sort previous column", "<"),
		ColumnRight: Bind(">", "sort next column", ">"),
		Slower:      Bind("+", "slower refresh", "+", "="),
		Faster:      Bind("-", "faster refresh", "-", "_"),
		Help:        Bind("?", "help", "?"),
		Free:        Bind("x", "free port", "x"),
		Mark:        Bind("m", "mark row with *", "m"),
		MarkAll:     Bind("M", "mark all rows or none", "M"),
		Pin:         Bind("w", "pin row", "w"),
		Pause:       Bind("p", "pause", "p", "space"),
		All:         Bind("a", "toggle all hosts", "a"),
		Unfold:      Bind("u", "show every connection", "u"),
		View:        Bind("1-4", "view", "1", "2", "3", "4"),
		Open:        Bind("→", "show connections", "right", "l"),
		Close:       Bind("←", "hide connections", "left", "h"),
		Exposed:     Bind("e", "exposed only", "e"),
		Group:       Bind("b", "group", "b"),
		TimeWait:    Bind("t", "show TIME_WAIT", "t"),
		Why:         Bind("W", "why the port is in use", "W"),
		Copy:        Bind("y", "copy address", "y"),
		Browse:      Bind("o", "open in browser", "o"),
		Quit:        Bind("q", "quit", "q"),
		Interrupt:   Bind("ctrl+c", "interrupt", "ctrl+c"),
		Suspend:     Bind("ctrl+z", "suspend", "ctrl+z"),
		StepBack:    Bind(",", "previous snapshot", ","),
		StepForward: Bind(".", "next snapshot", "."),
		JumpBack:    Bind("[", "10 seconds back", "["),
		JumpForward: Bind("]", "10 seconds forward", "]"),
		SlowDown:    Bind("{", "half speed", "{"),
		SpeedUp:     Bind("}", "double speed", "}"),
		Tenth:       Bind("0-9", "jump to 0-90%", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
	}
}
