package query

import (
	"slices"
	"strings"

	"github.com/clipperhouse/displaywidth"

	"lotop/sockets/untrusted"
)

// Error is a syntax error in a query.
type Error struct {
	Query          string
	Offset, Length int    // the position in Query, in bytes; Length is 0 at its end
	Problem        string // what is wrong; safe to print
	Help           string // what to do about it; safe to print
}

// Error returns the problem and the help in one line.
func (e *Error) Error() string {
	if e.Help == "" {
		return e.Problem
	}
	return e.Problem + ": " + e.Help
}

// Pointer returns two lines for a terminal, the query and carets under the error.
// Columns are counted in cells, and the text is safe to print.
func (e *Error) Pointer() string {
	column, width := e.Cells()
	return sanitize(e.Query) + "\n" + strings.Repeat(" ", column) + strings.Repeat("^", width)
}

// Cells returns the position in terminal cells from the start of the sanitized query. The
// width is at least one.
func (e *Error) Cells() (column, width int) {
	column = displaywidth.String(sanitize(e.Query[:e.Offset]))
	end := displaywidth.String(sanitize(e.Query[:e.Offset+e.Length]))
	return column, max(end-column, 1)
}

func sanitize(s string) string { return untrusted.New(s).String() }

// fail returns the error for the bytes from at to end.
func (p *parser) fail(at, end int, problem, help string) error {
	return &Error{Query: p.query, Offset: at, Length: end - at, Problem: sanitize(problem), Help: sanitize(help)}
}

// keyAliases are keys that people know from other programs.
var keyAliases = [...]struct{ theirs, ours string }{
	{"address", "addr"},
	{"host", "addr"},
	{"src", "addr"},
	{"dst", "addr"},
	{"command", "cmd"},
	{"args", "cmd"},
	{"process", "name"},
	{"program", "name"},
	{"comm", "name"},
	{"uid", "user"},
	{"sport", "lport"},
	{"dport", "rport"},
	{"family", "ip"},
	{"service", "unit"},
}

// suggest returns the known word that was most likely meant, or "".
func suggest(word string, known []string) string {
	word = strings.ToLower(word)
	best, least := "", 3
	if len(word) < 4 {
		least = 2 // with two of three letters wrong it is another word
	}
	try := func(spelling, meant string) {
		d := editDistance(word, spelling)
		if len(word) >= 3 && strings.HasPrefix(spelling, word) {
			d = 0
		}
		if d < least {
			best, least = meant, d
		}
	}
	for _, k := range known {
		try(k, k)
	}
	for _, n := range keyAliases {
		if slices.Contains(known, n.ours) {
			try(n.theirs, n.ours)
		}
	}
	return best
}

// editDistance returns the number of insertions, deletions, replacements and swaps of
// neighbors that turn a into b. Words over 24 bytes count as entirely different.
func editDistance(a, b string) int {
	const longest = 24
	if len(a) > longest || len(b) > longest {
		return longest
	}
	var rows [3][longest + 1]int
	before, above, here := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		here[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			here[j] = min(above[j]+1, here[j-1]+1, above[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				here[j] = min(here[j], before[j-2]+1)
			}
		}
		before, above, here = above, here, before
	}
	return above[len(b)]
}
