package complete

import (
	"strings"
	"testing"

	"lotop/model"
	"lotop/sockets"
)

func TestSplit(t *testing.T) {
	for begun, want := range map[string]Term{
		"":                {},
		"sta":             {typed: "sta"},
		"-sta":            {before: "-", typed: "sta"},
		"not:!":           {before: "not:", typed: "!"},
		"State:li":        {before: "State:", key: "state", typed: "li"},
		"-name:node,p":    {before: "-name:node,", key: "name", typed: "p"},
		"80":              {key: "port", typed: "80"},
		":80":             {before: ":", key: "port", typed: "80"},
		"3000,80":         {before: "3000,", key: "port", typed: "80"},
		"nosuch:x":        {before: "nosuch:", key: "nosuch", typed: "x"},
		"127.0.0.1:3":     {before: "127.0.0.1:", key: "127.0.0.1", typed: "3"},
		"container:shop-": {before: "container:", key: "container", typed: "shop-"},
	} {
		if got := Split(begun); got != want {
			t.Errorf("%q: %+v, not %+v", begun, got, want)
		}
	}
}

func TestKeysAndWords(t *testing.T) {
	texts := func(offers []Offer) string {
		var all []string
		for _, o := range offers {
			all = append(all, o.Text)
		}
		return strings.Join(all, " ")
	}
	if got := texts(Split("-p").Keys()); got != "-port: -pid: -proto:" {
		t.Errorf("keys: %s", got)
	}
	never := func(string) bool { return false }
	if got := texts(Split("state:listen,t").Values(never).Sorted()); got != "state:listen,time_wait" {
		t.Errorf("words: %s", got)
	}
	if Split("proto:").FromRows() || !Split("name:").FromRows() || Split("sta").FromRows() {
		t.Error("the keys whose values are in rows are others")
	}
}

func TestOutside(t *testing.T) {
	l := NewList("a", func(s string) bool { return !strings.Contains(s, " ") })
	l.addOutside("a b")
	l.addOutside("ab")
	l.addOutside("b")
	if got := l.Sorted(); len(got) != 1 || got[0].Text != "ab" {
		t.Errorf("%v", got)
	}
}

// A word that a row has is told from one that the language has.
func TestOccurs(t *testing.T) {
	term := Split("state:l")
	l := term.Values(func(string) bool { return true })
	term.AddRow(l, &model.Row{Socket: &sockets.Socket{State: sockets.Listen}})
	for _, o := range l.Sorted() {
		if o.Occurs != (o.Text == "state:listen") {
			t.Errorf("%+v", o)
		}
	}
}
