package track

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"lotop/model"
	"lotop/model/modeltest"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// mixedRows has something different in every column: three users, one of which has
// no name and one row no user at all, unknown ages and processes.
func mixedRows(t *testing.T) *Tracker {
	t.Helper()
	m := New()
	s := modeltest.Snapshot(t, 0, `
		1 tcp LISTEN 0.0.0.0:80 pid:30
		2 tcp LISTEN [::]:80 pid:12
		3 tcp LISTEN 127.0.0.1:22
		4 tcp ESTABLISHED 127.0.0.1:80 127.0.0.1:40000 pid:30
		5 tcp ESTABLISHED 127.0.0.1:80 127.0.0.1:9 pid:12
		6 tcp TIME_WAIT 127.0.0.1:80 [2001:db8::2]:7
		7 tcp BOUND 127.0.0.2:80 pid:11
		8 udp UNCONN 127.0.0.1:53 pid:20
		9 tcp ESTABLISHED [2001:db8::5]:80 [2001:db8::2]:6 pid:99`)
	delete(s.Processes, 99)
	s.Processes[12] = &process.Process{PID: 12, Start: 1, Started: modeltest.Began.Add(-time.Hour), Name: untrusted.New("p11")}
	for i, uid := range []uint32{1000, 0, 7, 1000, 0, 0, 7, 1000, 1000} {
		s.Sockets[i].UID, s.Sockets[i].HasUID = uid, i != 5
	}
	s.Users[0] = untrusted.New("root")
	m.Update(s)
	return m
}

func TestOrder(t *testing.T) {
	for _, tt := range []struct {
		column, want, reversed string
	}{
		{"proto", "3 1 7 2 5 4 6 9 8", "8 3 1 7 2 5 4 6 9"},
		{"local", "3 1 7 2 5 4 6 9 8", "8 1 7 2 5 4 6 9 3"},
		// By clients, of which row 1 has three and row 2 one, then by address.
		{"remote", "3 7 8 2 1 5 4 9 6", "6 9 4 5 1 2 3 7 8"},
		{"state", "3 1 2 5 4 9 7 8 6", "6 7 8 5 4 9 3 1 2"},
		{"pid", "7 2 5 8 1 4 9 3 6", "3 6 9 1 4 8 2 5 7"},
		{"process", "7 2 5 8 1 4 3 6 9", "3 6 9 1 4 8 2 5 7"}, // two are named p11
		{"user", "3 7 1 4 9 8 2 5 6", "6 2 5 1 4 9 8 3 7"},
		{"age", "7 8 1 4 2 5 3 6 9", "3 6 9 2 5 1 4 8 7"},
	} {
		column, ok := model.ParseColumn(strings.ToUpper(tt.column))
		if !ok || column.String() != tt.column {
			t.Fatalf("column %q is %v", tt.column, column)
		}
		m := mixedRows(t)
		for _, reverse := range []bool{false, true} {
			want := tt.want
			if reverse {
				want = tt.reversed
			}
			rows, _ := m.Rows(nil, ListOptions{AllHosts: true, Order: model.Order{Column: column, Reverse: reverse}})
			var got []string
			for i := range rows {
				got = append(got, strings.TrimLeft(rows[i].Socket.ID.String(), "0"))
			}
			if got := strings.Join(got, " "); got != want {
				t.Errorf("by %s, reverse %v: %s, want %s", tt.column, reverse, got, want)
			}
			checkSorted(t, rows, model.Order{Column: column, Reverse: reverse})
		}
	}
	if _, ok := model.ParseColumn("color"); ok {
		t.Error("color is a column")
	}
	if got := model.Column(200).String(); got != "" {
		t.Errorf("column 200 is %q", got)
	}
	if len(model.ColumnNames()) != int(model.ByAge)+1 {
		t.Errorf("columns %q", model.ColumnNames())
	}
}

// TestColumnNamesAreACopy: whoever changes the list must not rename columns.
func TestColumnNamesAreACopy(t *testing.T) {
	model.ColumnNames()[0] = "changed"
	if got := model.ByProto.String(); got != "proto" {
		t.Errorf("the first column is now %q", got)
	}
}

// TestOrderIsTotal compares all triples of random rows.
func TestOrderIsTotal(t *testing.T) {
	for seed := range uint64(6) {
		c, m := newChaos(seed), New()
		for i := range 12 {
			s := c.step()
			s.Time = modeltest.Began.Add(time.Duration(i) * time.Second)
			m.Update(s)
		}
		rows, _ := m.Rows(nil, ListOptions{AllHosts: true, Unfold: true})
		for column := range model.ColumnNames() {
			for _, reverse := range []bool{false, true} {
				s := &sorter{rows: rows, order: model.Order{Column: model.Column(column), Reverse: reverse}}
				s.rankNames(rows, model.Column(column))
				for i := range rows {
					s.keys = append(s.keys, s.key(&rows[i], i))
				}
				checkTotal(t, s)
			}
		}
	}
}

func checkTotal(t *testing.T, s *sorter) {
	t.Helper()
	for i, a := range s.keys {
		for j, b := range s.keys {
			ab := s.compare(a, b)
			if (ab == 0) != (i == j) || ab != -s.compare(b, a) {
				t.Fatalf("%+v: %q and %q compare %d and %d", s.order, sketch(&s.rows[i]), sketch(&s.rows[j]), ab, s.compare(b, a))
			}
			for k, c := range s.keys {
				if ab < 0 && s.compare(b, c) < 0 && s.compare(a, c) >= 0 {
					t.Fatalf("%+v: %q < %q < %q, and not the first < the last", s.order, sketch(&s.rows[i]), sketch(&s.rows[j]), sketch(&s.rows[k]))
				}
			}
		}
	}
}

// checkSorted compares with a plain sort by naiveCompare.
func checkSorted(t *testing.T, rows []model.Row, o model.Order) {
	t.Helper()
	want := slices.Clone(rows)
	slices.SortFunc(want, func(a, b model.Row) int { return naiveCompare(o, &a, &b) })
	for i := range rows {
		if naiveCompare(o, &rows[i], &want[i]) != 0 {
			t.Errorf("by %v, reverse %v: row %d is %q, want %q", o.Column, o.Reverse, i, sketch(&rows[i]), sketch(&want[i]))
			return
		}
	}
}

// naiveCompare says in plain words what the keys of order.go say in numbers.
func naiveCompare(o model.Order, a, b *model.Row) int {
	column := 0
	s, t := a.Socket, b.Socket
	missing := func(a, b bool) { // the unknown last
		if a || b {
			column = cmp.Compare(map[bool]int{true: 1}[a], map[bool]int{true: 1}[b])
		}
	}
	switch o.Column {
	case model.ByProto:
		column = cmp.Compare(s.Protocol, t.Protocol)
	case model.ByLocal:
		column = cmp.Or(cmp.Compare(s.Protocol, t.Protocol), cmp.Compare(s.Local.Port(), t.Local.Port()))
	case model.ByRemote:
		connected := map[bool]int{true: 1}
		column = cmp.Or(cmp.Compare(connected[s.Connected()], connected[t.Connected()]), cmp.Compare(a.Clients, b.Clients), s.Remote.Compare(t.Remote))
		if s.Connected() {
			column = cmp.Or(cmp.Compare(connected[s.Connected()], connected[t.Connected()]), s.Remote.Compare(t.Remote))
		}
	case model.ByState:
		column = cmp.Compare(stateRank(s.State), stateRank(t.State))
	case model.ByPID:
		if len(s.Owners) > 0 && len(t.Owners) > 0 {
			column = cmp.Compare(s.Owners[0].PID, t.Owners[0].PID)
		}
		missing(len(s.Owners) == 0, len(t.Owners) == 0)
	case model.ByProcess:
		p, q := a.Owner(s), b.Owner(t)
		if p != nil && q != nil {
			column = cmp.Or(cmp.Compare(p.Name.String(), q.Name.String()), cmp.Compare(p.PID, q.PID))
		}
		missing(p == nil, q == nil)
	case model.ByUser:
		column = cmp.Or(cmp.Compare(a.Snapshot.Users[s.UID].String(), b.Snapshot.Users[t.UID].String()), cmp.Compare(s.UID, t.UID))
		missing(!s.HasUID, !t.HasUID)
	case model.ByAge:
		column = b.FirstSeen.Compare(a.FirstSeen)
		missing(a.FirstSeen.IsZero(), b.FirstSeen.IsZero())
	}
	if o.Reverse {
		column = -column
	}
	return cmp.Or(column, naiveAddress(s, t))
}

func naiveAddress(s, t *sockets.Socket) int {
	connected := map[bool]int{true: 1}
	return cmp.Or(
		cmp.Compare(s.Protocol, t.Protocol),
		cmp.Compare(s.Local.Port(), t.Local.Port()),
		cmp.Compare(connected[s.Connected()], connected[t.Connected()]),
		s.Local.Addr().Compare(t.Local.Addr()),
		s.Remote.Compare(t.Remote),
		cmp.Compare(s.ID, t.ID),
	)
}
