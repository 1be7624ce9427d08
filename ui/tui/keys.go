package tui

import (
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
}

func bind(help, does string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(help, does))
}

func newKeyMap() keyMap {
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
	}
}

// short lists what the last line of the screen shows, the most wanted first.
func (k *keyMap) short() []key.Binding {
	return []key.Binding{moves(), k.Filter, k.Details, k.Free, k.NextView, k.Sort, k.Pause, k.Help, k.Quit}
}

// moves is a hint for two keys at once.
func moves() key.Binding { return bind("↑↓", "move", "up", "down") }

// full lists everything, in groups.
func (k *keyMap) full() []keyGroup {
	return []keyGroup{
		{"move", []key.Binding{k.Up, k.Down, k.PageUp, k.PageDown, k.Top, k.Bottom, k.NextView, k.PrevView}},
		{"look", []key.Binding{k.Filter, k.Details, k.Back, k.All, k.Unfold}},
		{"order", []key.Binding{k.Sort, k.Reverse, k.ColumnLeft, k.ColumnRight}},
		{"do", []key.Binding{k.Free, k.Pin, k.Copy, k.Browse}},
		{"time", []key.Binding{k.Pause, k.Slower, k.Faster}},
		{"lotop", []key.Binding{k.Help, k.Suspend, k.Quit, k.Interrupt}},
	}
}

// keyGroup is a heading of the help page with its keys.
type keyGroup struct {
	title string
	keys  []key.Binding
}
