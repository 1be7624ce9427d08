package keymap

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
)

// Entry is a key of the map with its heading on the help page and its name
// in the configuration; one without a name keeps its key, for it works
// wherever something is typed.
type Entry struct {
	Group, name string
	Key         *key.Binding
}

// Name returns the name of the action in the configuration, empty if it has none.
func (e *Entry) Name() string { return e.name }

// RecordingGroup is the heading of the keys that only a recording has.
const RecordingGroup = "recording"

// Entries lists the whole map, in the order of the help page.
func (k *Map) Entries() []Entry {
	return []Entry{
		{"navigate", "up", &k.Up},
		{"navigate", "down", &k.Down},
		{"navigate", "page_up", &k.PageUp},
		{"navigate", "page_down", &k.PageDown},
		{"navigate", "top", &k.Top},
		{"navigate", "bottom", &k.Bottom},
		{"navigate", "next_view", &k.NextView},
		{"navigate", "previous_view", &k.PrevView},
		{"navigate", "view", &k.View},
		{"view", "filter", &k.Filter},
		{"view", "details", &k.Details},
		{"view", "why", &k.Why},
		{"view", "back", &k.Back},
		{"view", "all", &k.All},
		{"view", "unfold", &k.Unfold},
		{"view", "open", &k.Open},
		{"view", "close", &k.Close},
		{"view", "group", &k.Group},
		{"view", "exposed", &k.Exposed},
		{"view", "time_wait", &k.TimeWait},
		{"sort", "sort", &k.Sort},
		{"sort", "reverse", &k.Reverse},
		{"sort", "column_left", &k.ColumnLeft},
		{"sort", "column_right", &k.ColumnRight},
		{"actions", "free", &k.Free},
		{"actions", "mark", &k.Mark},
		{"actions", "mark_all", &k.MarkAll},
		{"actions", "pin", &k.Pin},
		{"actions", "copy", &k.Copy},
		{"actions", "browse", &k.Browse},
		{"refresh", "pause", &k.Pause},
		{"refresh", "slower", &k.Slower},
		{"refresh", "faster", &k.Faster},
		{RecordingGroup, "step_back", &k.StepBack},
		{RecordingGroup, "step_forward", &k.StepForward},
		{RecordingGroup, "jump_back", &k.JumpBack},
		{RecordingGroup, "jump_forward", &k.JumpForward},
		{RecordingGroup, "slow_down", &k.SlowDown},
		{RecordingGroup, "speed_up", &k.SpeedUp},
		{RecordingGroup, "tenth", &k.Tenth},
		{"lotop", "help", &k.Help},
		{"lotop", "", &k.Suspend},
		{"lotop", "quit", &k.Quit},
		{"lotop", "", &k.Interrupt},
	}
}

// Exclusive reports whether two actions never work at the same time, so that both may
// have the same key: the digits turn to a view, in a recording they jump to its tenths.
func Exclusive(a, b string) bool {
	return a == "view" && b == "tenth" || a == "tenth" && b == "view"
}

// Groups lists the keys that do something now, in groups.
func (k *Map) Groups() []Group {
	var all []Group
	for _, a := range k.Entries() {
		if !a.Key.Enabled() {
			continue
		}
		if n := len(all); n == 0 || all[n-1].Title != a.Group {
			all = append(all, Group{Title: a.Group})
		}
		last := &all[len(all)-1]
		last.Keys = append(last.Keys, *a.Key)
	}
	return all
}

// Group is a heading of the help page with its keys.
type Group struct {
	Title string
	Keys  []key.Binding
}

// Short lists what the last line of the screen shows, the most wanted first.
func (k *Map) Short() []key.Binding {
	return []key.Binding{k.MoveHint(), k.Details, k.Free, k.Filter, k.Exposed, k.View, k.NextView, k.Sort, k.Pause, k.Help, k.Quit}
}

// MoveHint is a hint for the two keys that move the selection.
func (k *Map) MoveHint() key.Binding { return PairHint(k.Up, k.Down, "move") }

// PairHint is a hint for two keys at once.
func PairHint(a, b key.Binding, does string) key.Binding {
	var signs []string
	for _, one := range []key.Binding{a, b} {
		if one.Enabled() {
			signs = append(signs, one.Help().Key)
		}
	}
	sep := " "
	if strings.Join(signs, "") == "↑↓" {
		sep = ""
	}
	both := Bind(strings.Join(signs, sep), does, slices.Concat(a.Keys(), b.Keys())...)
	both.SetEnabled(len(signs) > 0)
	return both
}

// Hint writes a binding's key and what it does here, nothing if it has no key.
func Hint(b key.Binding, does string) string {
	if !b.Enabled() {
		return ""
	}
	return b.Help().Key + " " + does
}

// WithHint adds a hint to a sentence, if there is one.
func WithHint(hint string) string {
	if hint == "" {
		return ""
	}
	return "; " + hint
}

// KeysLabel stands for all keys of an action: it is the first, or where they
// follow each other, the first and the last.
func KeysLabel(keys []string) string {
	first := []rune(keys[0])
	for i, k := range keys {
		if r := []rune(k); len(keys) < 3 || len(r) != 1 || r[0] != first[0]+rune(i) {
			return KeyLabel(keys[0])
		}
	}
	return keys[0] + "-" + keys[len(keys)-1]
}

// KeyLabel is the short form of a key's name.
func KeyLabel(name string) string {
	switch name {
	case "up":
		return "↑"
	case "down":
		return "↓"
	case "left":
		return "←"
	case "right":
		return "→"
	case "pgdown":
		return "pgdn"
	}
	return name
}

// Action is something that a key of the screen does.
type Action struct {
	Group       string   // its heading in the help
	Name        string   // in the configuration, empty if its keys cannot be changed
	Description string   // what it does, in a few words
	Keys        []string // that do it without a choice
}

// Actions lists what keys do, in the order of the help.
func Actions() []Action {
	k := Default()
	var all []Action
	for _, a := range k.Entries() {
		all = append(all, Action{a.Group, a.name, a.Key.Help().Desc, a.Key.Keys()})
	}
	return all
}
