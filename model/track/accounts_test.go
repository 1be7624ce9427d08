package track

import (
	"strings"
	"testing"

	"lotop/model"
	"lotop/model/modeltest"
	"lotop/model/query"
	"lotop/sockets/untrusted"
)

// On Windows sockets have no users, and processes names of users in place of
// numbers.
func TestAccounts(t *testing.T) {
	m := New()
	s := modeltest.Snapshot(t, 0, `
		1 tcp LISTEN 127.0.0.1:1 pid:10
		2 tcp LISTEN 127.0.0.1:2 pid:20
		3 tcp LISTEN 127.0.0.1:3 pid:30
		4 tcp LISTEN 127.0.0.1:4`)
	s.Processes[10].Account = untrusted.New("SYSTEM")
	s.Processes[30].Account = untrusted.New("ada")
	m.Update(s)
	ask := func(text string, column model.Column) string {
		q, err := query.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		rows, _ := m.Rows(nil, ListOptions{AllHosts: true, Match: q.Match, Order: model.Order{Column: column}})
		var ids []string
		for i := range rows {
			ids = append(ids, strings.TrimLeft(rows[i].Socket.ID.String(), "0"))
		}
		return strings.Join(ids, " ")
	}
	for query, want := range map[string]string{
		"user:ada": "3", "user:system": "1", "user:1000": "", "ada": "3", "user:ad,sys": "1 3",
	} {
		if got := ask(query, model.ByLocal); got != want {
			t.Errorf("%s finds %q, not %q", query, got, want)
		}
	}
	if got := ask("", model.ByUser); got != "1 3 2 4" {
		t.Errorf("by user: %s", got)
	}
}
