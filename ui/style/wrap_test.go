package style

import (
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		line   Line
		width  int
		indent int
		want   string
	}{
		{Text("a b"), 0, 2, "a b"},
		{Text("a b"), 3, 2, "a b"},
		{Text("  one two three"), 9, 4, "  one two\n    three"},
		{Text("one  two"), 7, 0, "one\ntwo"},
		{Text("overlong word"), 4, 2, "overlong\n  word"},
		{Styled(Emphasis, "node").Add(Plain, "(4411)  x").Add(Muted, " y"), 11, 2, "node(4411)\n  x y"},
		{Text("日本 語"), 5, 1, "日本\n 語"},
		{Text(""), 1, 1, ""},
		{Text(strings.Repeat(" ", 9)), 3, 1, ""},
	} {
		var got []string
		for _, l := range Wrap(c.line, c.width, c.indent) {
			got = append(got, l.String())
		}
		if s := strings.Join(got, "\n"); s != c.want {
			t.Errorf("%q in %d: %q, want %q", c.line.String(), c.width, s, c.want)
		}
	}
	l := Wrap(Styled(Muted, "a b").Add(Danger, " c d"), 5, 0)
	if len(l) != 2 || len(l[0]) != 2 || l[0][1] != (Span{"c", Danger}) || l[1][0] != (Span{"d", Danger}) {
		t.Errorf("roles: %v", l)
	}
}
