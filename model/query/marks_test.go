package query_test

import (
	"strings"
	"testing"

	"lotop/model/query"
)

// marked writes a text with its marked parts in brackets.
func marked(m query.Marks, s string, portColumn bool) string {
	var b strings.Builder
	for {
		at, end := m.Find(s, portColumn)
		if at < 0 {
			return b.String() + s
		}
		b.WriteString(s[:at] + "[" + s[at:end] + "]")
		s, portColumn = s[end:], false
	}
}

func TestMarks(t *testing.T) {
	for _, c := range []struct {
		query, text, want string
	}{
		{"node", "Node node-exporter", "[Node] [node]-exporter"},
		{"node -code", "node code", "[node] code"},
		{"no node", "node", "[node]"},
		{`"two words"`, "a two Words b", "a [two Words] b"},
		{"3000", "127.0.0.1:3000 → 127.0.0.1:30001", "127.0.0.1:[3000] → 127.0.0.1:30001"},
		{"3000", "node (3000)", "node (3000)"},
		{"rport:5000-6000,80", ":80 :81 :5432", ":[80] :81 :[5432]"},
		{"name:node /node/ 127.0.0.1", "node 127.0.0.1", "node 127.0.0.1"},
		{"ÄRGER", "xärgerx", "x[ärger]x"},
		{"a", "\xff\xffa", "\xff\xff[a]"},

		{"", "node", "node"},
	} {
		q, err := query.Parse(c.query)
		if err != nil {
			continue // a number that is no port
		}
		if got := marked(q.Marks(), c.text, false); got != c.want {
			t.Errorf("%s in %q: %q", c.query, c.text, got)
		}
	}
	q, _ := query.Parse("3000")
	if got := marked(q.Marks(), "3000", true); got != "[3000]" {
		t.Errorf("in its column: %q", got)
	}
	if m := (*query.Query)(nil).Marks(); !m.Empty() {
		t.Error("no filter marks something")
	}
}
