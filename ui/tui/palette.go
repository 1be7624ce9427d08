package tui

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"lotop/model/query"
	"lotop/ui/style"
)

// paletteItem is something that the palette finds and does.
type paletteItem struct {
	name  string // keys, a term of the filter, or what it sets
	keys  bool   // the name is keys
	means string
	words string // what else finds it, such as its name in the configuration
	last  bool   // it ends or suspends lotop, and is not what half a word means
	why   string // the reason why it does not apply now, empty if it does
	run   func() tea.Cmd
}

// paletteItems returns all that can be done now, in the order in which it is listed.
func (m *Model) paletteItems() []paletteItem {
	return slices.Concat(m.actionItems(), m.viewItems(), m.sortItems(), m.themeItems(), m.termItems())
}

// actionItems returns the keys that do something now. The palette presses them, so that
// they do the same.
func (m *Model) actionItems() []paletteItem {
	var all []paletteItem
	for _, a := range m.keys.Entries() {
		if !a.Key.Enabled() || a.Key == &m.keys.Help || a.Key == &m.keys.View {
			continue
		}
		names := a.Key.Keys()
		words := a.Group + " " + strings.ReplaceAll(a.Name(), "_", " ")
		if a.Key == &m.keys.Tenth {
			for i, name := range names {
				all = append(all, paletteItem{name: name, keys: true, means: "jump to " + strconv.Itoa(10*i) + "%", words: words, run: m.presses(name)})
			}
			continue
		}
		all = append(all, paletteItem{
			name: keyNames(*a.Key), keys: true, means: a.Key.Help().Desc, words: words, why: m.notNow(a.Key), run: m.presses(names[0]),
			last: a.Key == &m.keys.Quit || a.Key == &m.keys.Interrupt || a.Key == &m.keys.Suspend,
		})
	}
	return all
}

// presses returns a command that does what a key does.
func (m *Model) presses(name string) func() tea.Cmd {
	return func() tea.Cmd { return m.handleKey(tea.KeyPressMsg{Text: name}) }
}

func (m *Model) viewItems() []paletteItem {
	var all []paletteItem
	for v, name := range viewNames {
		i := paletteItem{name: "view " + name, means: "show " + strings.ToLower(name), run: func() tea.Cmd { return m.setView(view(v)) }}
		if view(v) == m.view {
			i.why = "it is shown already"
		}
		all = append(all, i)
	}
	return all
}

// sortItems returns the columns on the screen that can be sorted by.
func (m *Model) sortItems() []paletteItem {
	var all []paletteItem
	for _, by := range m.window().SortKeys() {
		i := paletteItem{name: "sort by " + m.orderName(by), means: "change the order", run: func() tea.Cmd { return m.sortBy(by) }}
		if by == m.sorted() {
			i.means = "reverse the order"
		}
		all = append(all, i)
	}
	return all
}

func (m *Model) themeItems() []paletteItem {
	why := ""
	if m.appearance.noColor {
		why = "colors are off"
	}
	var all []paletteItem
	for _, t := range style.Themes() {
		all = append(all, paletteItem{name: "theme " + t.Name, means: t.Description, words: "color", why: why, run: func() tea.Cmd {
			m.setTheme(t.Name)
			m.setStatus(plain, "theme "+t.Name+`; theme = "`+t.Name+`" in the configuration keeps it`)
			return nil
		}})
	}
	return all
}

// termItems returns the terms of the filter: its keys, their words, and the forms that
// have no key.
func (m *Model) termItems() []paletteItem {
	var all []paletteItem
	add := func(name, term, means string) {
		all = append(all, paletteItem{name: name, means: means, words: "filter", run: func() tea.Cmd { return m.putTerm(term) }})
	}
	for _, t := range query.Help() {
		form, _, _ := strings.Cut(t.Term, "  ")
		switch {
		case t.Key != "":
			add(t.Key+":", t.Key+":", t.Meaning)
			for _, word := range t.Values {
				about, _, _ := strings.Cut(t.Meaning, ":")
				add(t.Key+":"+word, t.Key+":"+word, about)
			}
		case strings.ContainsAny(form[:1], "/-"):
			add(form, form[:1], t.Meaning)
		case !strings.Contains(form, ":"):
			add(form, "", t.Meaning) // the box waits for it
		}
	}
	return all
}

// putTerm opens the filter box with a term behind what is in it.
func (m *Model) putTerm(term string) tea.Cmd {
	value := strings.TrimSpace(m.filter.Value())
	if value != "" && term != "" {
		value += " "
	}
	m.filter.SetValue(value + term)
	return tea.Batch(m.startFilter(), m.applyFilter())
}

// found returns the items that have all typed words, the best matches first.
func (m *Model) found(typed string) []paletteItem {
	typed = strings.ToLower(strings.TrimSpace(typed))
	words := strings.Fields(typed)
	var all []paletteItem
	ranks := map[string]int{}
	for _, i := range m.paletteItems() {
		if rank, ok := i.rank(typed, words); ok {
			all = append(all, i)
			ranks[i.name+i.means] = rank
		}
	}
	slices.SortStableFunc(all, func(a, b paletteItem) int {
		return cmp.Compare(ranks[a.name+a.means], ranks[b.name+b.means])
	})
	return all
}

// rank returns how well an item matches, 0 for best; ok is false if it does not.
func (i *paletteItem) rank(typed string, words []string) (rank int, ok bool) {
	name, means := strings.ToLower(i.name), strings.ToLower(i.means)
	text := " " + name + " " + means + " " + i.words
	starts := true
	for _, w := range words {
		if !strings.Contains(text, w) {
			return 0, false
		}
		starts = starts && strings.Contains(text, " "+w)
	}
	switch {
	case typed == name, typed == means, i.keys && slices.Contains(strings.Fields(name), typed):
		return 0, true
	case i.last:
		return 4, true
	case strings.HasPrefix(name, typed) || strings.HasPrefix(means, typed):
		return 1, true
	case starts:
		return 2, true
	}
	return 3, true
}

// chosen does what is selected, or says why it does not apply.
func (m *Model) chosen() tea.Cmd {
	all := m.found(m.help.typed())
	if len(all) == 0 {
		return nil
	}
	i := all[min(m.help.cursor, len(all)-1)]
	if i.why != "" {
		m.setStatus(warning, i.means+": "+i.why)
		return nil
	}
	m.help = nil
	return i.run()
}
