package tui

import (
	"strings"
	"unicode"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"lotop/model"
	"lotop/ui/complete"
	"lotop/ui/style"
)

// maxOffers bounds the values that the worker returns. One is shown, and the next letter
// asks again.
const maxOffers = 100

// lastTerm returns the term of a filter that is being typed at its end.
func lastTerm(filter string) string {
	start, quoted := 0, false
	for i, r := range filter {
		switch {
		case r == '"':
			quoted = !quoted
		case r == ' ' && !quoted:
			start = i + 1
		}
	}
	return filter[start:]
}

// liveTerm returns the term that is being typed if its values are taken from rows, for
// which the worker has to be asked; otherwise it is empty.
func (m *Model) liveTerm() string {
	if !m.filtering {
		return ""
	}
	term := lastTerm(m.filter.Value())
	if !complete.Split(term).FromRows() {
		return ""
	}
	return term
}

// requestOffers asks for the values that complete the term, if they are taken from rows.
func (m *Model) requestOffers() tea.Cmd {
	if m.liveTerm() == "" {
		return nil
	}
	return m.rearrange()
}

// offers is the worker's part: values that occur in the newest snapshot, whatever the
// filter leaves of it.
func (w *worker) offers(term string, allHosts bool) []complete.Offer {
	if term == "" {
		return nil
	}
	t := complete.Split(term)
	l := t.Values(needsNoQuotes)
	w.tracker.Visit(allHosts, func(r *model.Row) {
		ends, n := r.Unfold()
		for i := range n {
			t.AddRow(l, &ends[i])
		}
	})
	all := l.Sorted()
	return all[:min(len(all), maxOffers)]
}

// needsNoQuotes reports whether a text is one value of a filter as it is.
func needsNoQuotes(s string) bool {
	return s != "" && printable(s) == s && !strings.ContainsAny(s, `",\`) && !strings.ContainsFunc(s, unicode.IsSpace)
}

// completion returns what would complete the term at the end of the filter.
func (m *Model) completion() string {
	term := lastTerm(m.filter.Value())
	if term == "" || !m.filtering || m.filter.Position() < len([]rune(m.filter.Value())) {
		return ""
	}
	t := complete.Split(term)
	var offers []complete.Offer
	switch {
	case t.Key():
		offers = t.Keys()
	case t.FromRows():
		offers = m.latest.offers
	default:
		offers = t.Values(needsNoQuotes).Sorted()
	}
	rest, occurs := "", false
	for _, o := range offers {
		after, begins := strings.CutPrefix(o.Text, term)
		switch {
		case !begins:
		case after == "":
			return "" // it is complete
		case rest == "", o.Occurs && !occurs:
			rest, occurs = after, o.Occurs
		}
	}
	return rest
}

// suggest shows behind the cursor what would complete the filter, if there is room: the
// text box does not scroll for it.
func (m *Model) suggest() {
	value, rest := m.filter.Value(), m.completion()
	if style.Width(value)+style.Width(rest) >= m.filter.Width() {
		rest = ""
	}
	if m.suggested = rest; rest != "" {
		m.filter.SetSuggestions([]string{value + rest})
	} else if len(m.filter.AvailableSuggestions()) > 0 {
		m.filter.SetSuggestions(nil)
	}
}

// newFilterBox returns the text box of the filter. There is one suggestion at most, and
// the box panics when another than the first of none is asked for.
func newFilterBox() textinput.Model {
	box := textinput.New()
	box.Prompt = "/ "
	box.ShowSuggestions = true
	box.KeyMap.NextSuggestion.SetEnabled(false)
	box.KeyMap.PrevSuggestion.SetEnabled(false)
	return box
}

// completes reports whether a key takes what is suggested: tab, and at the end of the
// text also the key that moves to the right.
func (m *Model) completes(k tea.KeyPressMsg) bool {
	return m.suggested != "" && key.Matches(k, m.filter.KeyMap.AcceptSuggestion, m.filter.KeyMap.CharacterForward)
}
