package complete

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Offer is one completion: the whole term, and what describes it.
type Offer struct {
	Text   string
	About  []string
	Occurs bool // a row has this word of the language
}

// List collects the completions of what is typed, each text once, with its descriptions.
type List struct {
	prefix string // precedes every text
	typed  string
	plain  func(string) bool
	values []string
	about  map[string][]string // by text
	occurs map[string]bool     // by text, of those in a row
}

// NewList returns an empty list of completions of what is typed. Texts from outside are
// taken only if plain returns true.
func NewList(typed string, plain func(string) bool) *List {
	return &List{typed: typed, plain: plain, about: map[string][]string{}, occurs: map[string]bool{}}
}

// Typed returns what is typed.
func (l *List) Typed() string { return l.typed }

// Add adds a text if it begins as typed.
func (l *List) Add(text, about string) {
	if text == "" || !strings.HasPrefix(text, l.typed) {
		return
	}
	if _, known := l.about[text]; !known {
		l.values, l.about[text] = append(l.values, text), nil
	}
	if about != "" && !slices.Contains(l.about[text], about) {
		l.about[text] = append(l.about[text], about)
	}
}

// addOccurring adds a word that occurs in a row.
func (l *List) addOccurring(word string) {
	l.Add(word, "")
	l.occurs[word] = true
}

// addOutside adds a text from outside, such as the name of a process.
func (l *List) addOutside(text string) {
	if l.plain(text) {
		l.Add(text, "")
	}
}

// Sorted returns the completions, numbers by value, with at most three descriptions
// each.
func (l *List) Sorted() []Offer {
	const most = 3 // descriptions
	slices.SortFunc(l.values, func(a, b string) int {
		x, errX := strconv.Atoi(a)
		y, errY := strconv.Atoi(b)
		if errX == nil && errY == nil {
			return cmp.Compare(x, y)
		}
		return cmp.Compare(a, b)
	})
	all := make([]Offer, 0, len(l.values))
	for _, text := range l.values {
		about := l.about[text]
		if n := len(about) - most; n > 0 {
			about = append(slices.Clone(about[:most]), strconv.Itoa(n)+" more")
		}
		all = append(all, Offer{Text: l.prefix + text, About: about, Occurs: l.occurs[text]})
	}
	return all
}
