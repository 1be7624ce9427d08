package table_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"lotop/ui"
	"lotop/ui/style"
	"lotop/ui/tui/table"
)

// fruit is a row of a table that has nothing to do with sockets.
type fruit struct {
	id, partner uint64 // partner is the second key, 0 for none
	name, note  string
	price       int
}

func newFruits() table.Table[fruit] {
	return table.Table[fruit]{
		Columns: []table.Column[fruit]{
			{Name: "name", Title: "NAME", SortKey: 0, Min: 4, Priority: 1, Cell: func(f *fruit) style.Line { return style.Text(f.name) }},
			{Name: "price", Title: "PRICE", SortKey: 1, Min: 6, Max: 6, Priority: 2, AlignRight: true, Cell: func(f *fruit) style.Line { return style.Text(strconv.Itoa(f.price)) }},
			{Name: "note", Title: "NOTE", SortKey: -1, Min: 4, Priority: 3, Optional: true, Cell: func(f *fruit) style.Line { return style.Text(f.note) }},
		},
		Keys:   func(f *fruit) [2]uint64 { return [2]uint64{f.id, f.partner} },
		HasKey: func(f *fruit, key uint64) bool { return f.id == key || f.partner == key },
		Mark: func(f *fruit) style.Span {
			if f.price > 99 {
				return style.Span{Text: "!"}
			}
			return style.Span{Text: " "}
		},
	}
}

// numbered returns n rows with the IDs from first on.
func numbered(first, n int) []fruit {
	rows := make([]fruit, n)
	for i := range rows {
		rows[i] = fruit{id: uint64(first + i), name: fmt.Sprintf("fruit %d", first+i), price: i, note: ui.Dash}
	}
	return rows
}

func selectedID(t *testing.T, tab *table.Table[fruit]) uint64 {
	t.Helper()
	f := tab.Current()
	if f == nil {
		t.Fatal("no row is selected")
	}
	return f.id
}

func TestSelectionByKey(t *testing.T) {
	tab := newFruits()
	tab.Resize(40, 5)
	tab.SetRows(numbered(100, 50), true)
	tab.MoveTo(22)
	tab.MoveTo(20) // in the middle of the window
	line := tab.Cursor - tab.Offset

	tab.SetRows(append(numbered(1, 10), numbered(100, 50)...), false)
	if id := selectedID(t, &tab); id != 120 || tab.Cursor-tab.Offset != line {
		t.Errorf("rows added above: selected %d on line %d, want 120 on line %d", id, tab.Cursor-tab.Offset, line)
	}
	tab.SetRows(numbered(115, 35), false)
	if id := selectedID(t, &tab); id != 120 {
		t.Errorf("rows removed above: selected %d, want 120", id)
	}
	tab.SetRows(numbered(200, 3), false)
	if id := selectedID(t, &tab); id != 202 || tab.Offset != 0 {
		t.Errorf("selected row removed: selected %d, offset %d; want the last row", id, tab.Offset)
	}
	tab.SetRows(nil, false)
	if tab.Current() != nil || tab.Cursor != 0 || tab.Offset != 0 {
		t.Errorf("no rows: selected %v, cursor %d, offset %d", tab.Current(), tab.Cursor, tab.Offset)
	}
	tab.SetRows(numbered(200, 3), false)
	if id := selectedID(t, &tab); id != 202 {
		t.Errorf("rows back: selected %d, want 202", id)
	}
}

// A row that represents two things stays selected when one of them is left.
func TestSelectionOfPair(t *testing.T) {
	for _, left := range []uint64{7, 8} {
		tab := newFruits()
		tab.Resize(40, 5)
		tab.SetRows([]fruit{{id: 1}, {id: 7, partner: 8}, {id: 9}}, true)
		tab.MoveTo(1)
		tab.SetRows([]fruit{{id: 9}, {id: 1}, {id: left}}, true)
		if id := selectedID(t, &tab); id != left {
			t.Errorf("%d is left, selected %d", left, id)
		}
	}
}

func TestStickToTop(t *testing.T) {
	for _, stick := range []bool{false, true} {
		tab := newFruits()
		tab.StickToTop = stick
		tab.Resize(40, 5)
		tab.SetRows(numbered(10, 20), true)
		tab.SetRows(numbered(8, 22), false)
		want := uint64(10)
		if stick {
			want = 8
		}
		if id := selectedID(t, &tab); id != want {
			t.Errorf("StickToTop %v: selected %d, want %d", stick, id, want)
		}
	}
}

func TestScroll(t *testing.T) {
	tab := newFruits()
	tab.Resize(40, 5)
	tab.SetRows(numbered(0, 12), true)
	for _, step := range []struct {
		name           string
		do             func()
		cursor, offset int
	}{
		{"move within the window", func() { tab.Move(3) }, 3, 0},
		{"move below it", func() { tab.Move(3) }, 6, 2},
		{"scroll with the selection in sight", func() { tab.Scroll(2) }, 6, 4},
		{"scroll past the selection", func() { tab.Scroll(3) }, 7, 7},
		{"scroll past the end", func() { tab.Scroll(100) }, 7, 7},
		{"scroll up past the selection", func() { tab.Scroll(-6) }, 5, 1},
		{"scroll past the beginning", func() { tab.Scroll(-100) }, 4, 0},
		{"move past the end", func() { tab.Move(100) }, 11, 7},
		{"shrink the window", func() { tab.Resize(40, 2) }, 11, 10},
		{"grow the window", func() { tab.Resize(40, 9) }, 11, 3},
		{"move past the beginning", func() { tab.MoveTo(-1) }, 0, 0},
	} {
		step.do()
		if tab.Cursor != step.cursor || tab.Offset != step.offset {
			t.Errorf("%s: cursor %d, offset %d; want %d, %d", step.name, tab.Cursor, tab.Offset, step.cursor, step.offset)
		}
	}
	tab.Scroll(3)
	for y, want := range map[int]int{-1: -1, 0: 3, 8: 11, 9: -1} {
		if got := tab.RowAt(y); got != want {
			t.Errorf("line %d is row %d, want %d", y, got, want)
		}
	}
}

func TestLines(t *testing.T) {
	tab := newFruits()
	tab.Resize(30, 5)
	tab.SetRows([]fruit{{id: 1, name: "apple", price: 7, note: "red"}, {id: 2, name: "dragon fruit", price: 120, note: ui.Dash}}, true)
	tab.Move(1)
	tab.Settle()
	got := []string{tab.TitleLine(1, true).String(), tab.RowLine(0).String(), tab.RowLine(1).String()}
	want := []string{
		"   NAME          PRICE↓  NOTE",
		"   apple              7  red",
		"!▸ dragon fruit     120  —",
	}
	for i := range want {
		if strings.TrimRight(got[i], " ") != strings.TrimRight(want[i], " ") {
			t.Errorf("line %d: %q, want %q", i, got[i], want[i])
		}
	}
	for x, want := range map[int]int{0: -1, 3: 0, 16: 0, 17: 1, 24: 1, 25: 2, 30: 2, 31: -1} {
		if got := tab.ColumnAt(x); got != want {
			t.Errorf("cell %d of the titles is in column %d, want %d", x, got, want)
		}
	}
}

// A column of dashes gives its room to others.
func TestDashColumn(t *testing.T) {
	tab := newFruits()
	tab.Resize(60, 5)
	tab.SetRows(numbered(1, 3), true)
	tab.Settle()
	if titles := tab.TitleLine(-1, false).String(); strings.Contains(titles, "NOTE") || !strings.Contains(titles, "PRICE") {
		t.Errorf("titles %q", titles)
	}
}

// No line is wider than the table, however little room there is; the most important
// column is drawn wherever it fits.
func TestTinySizes(t *testing.T) {
	rows := []fruit{{id: 1, name: "a fruit with a long name", price: 99999, note: "日本の果物"}, {id: 2, name: "b", price: 1, note: "x"}}
	const gutter, reasonable = 3, 20
	for width := range 61 {
		tab := newFruits()
		tab.Resize(width, -1)
		tab.SetRows(rows, true)
		tab.Settle()
		if tab.Height != 0 || tab.RowAt(0) != -1 {
			t.Fatalf("height %d", tab.Height)
		}
		first := len(tab.Drawn) > 0 && tab.Drawn[0].Index == 0
		if width >= gutter+reasonable && !first || width <= gutter && len(tab.Drawn) > 0 || width == 60 && len(tab.Drawn) != 3 {
			t.Errorf("width %d: columns %+v", width, tab.Drawn)
		}
		if w := tab.TitleLine(0, false).Width(); w > width {
			t.Errorf("width %d: the titles have %d cells", width, w)
		}
		for i := range rows {
			if w := tab.RowLine(i).Width(); w != width {
				t.Errorf("width %d: row %d has %d cells", width, i, w)
			}
		}
	}
}

// Widths only grow from one refresh to the next, until they are reset.
func TestWidthsGrow(t *testing.T) {
	tab := newFruits()
	tab.Resize(60, 5)
	priceAt := func() int {
		tab.Settle()
		return strings.Index(tab.TitleLine(-1, false).String(), "PRICE")
	}
	tab.SetRows([]fruit{{id: 1, name: "short", price: 1}}, true)
	short := priceAt()
	tab.SetRows([]fruit{{id: 1, name: "a longer name", price: 1}}, true)
	long := priceAt()
	if long <= short {
		t.Errorf("PRICE is at %d below a longer name, at %d before", long, short)
	}
	tab.SetRows([]fruit{{id: 1, name: "short", price: 1}}, true)
	if at := priceAt(); at != long {
		t.Errorf("PRICE moved from %d to %d", long, at)
	}
	tab.ResetWidths()
	tab.SetRows(tab.Rows, true)
	if at := priceAt(); at != short {
		t.Errorf("after the reset PRICE is at %d, want %d", at, short)
	}
}

// Cells are lined up at their pivots. Where there is too little room, only what is too
// long loses its beginning.
func TestPivot(t *testing.T) {
	tab := newFruits()
	tab.Columns = []table.Column[fruit]{{
		Title: "NAME", SortKey: -1, Min: 4, Priority: 1,
		Cell:    func(f *fruit) style.Line { return style.Text(f.name) },
		Pivot:   func(f *fruit) int { return strings.Index(f.name, ":") },
		Shorten: func(l style.Line, width int) style.Line { return style.Text("~" + l.String()[l.Width()-width+1:]) },
	}}
	tab.SetRows([]fruit{{id: 1, name: "a:1"}, {id: 2, name: "abcdefghijklmnopqrst:22"}, {id: 3, name: "x"}}, true)
	for width, want := range map[int][]string{
		40: {"                   a:1", "abcdefghijklmnopqrst:22", "x"},
		23: {"                a:1", "~efghijklmnopqrst:22", "x"},
	} {
		tab.Resize(width, 5)
		tab.Settle()
		for i := range tab.Rows {
			line := []rune(tab.RowLine(i).String())
			if got := strings.TrimRight(string(line[3:]), " "); got != want[i] {
				t.Errorf("width %d, row %d: %q, want %q", width, i, got, want[i])
			}
		}
	}
}

func TestSelectColumns(t *testing.T) {
	for _, tt := range []struct {
		names []string
		want  string
	}{
		{nil, "name 1, price 2, note 3"},
		{[]string{"note", "unknown", "name"}, "note 2, name 1"},
		{[]string{"note", "price"}, "note 2, price 1"},
		{[]string{}, ""},
	} {
		tab := newFruits()
		tab.SelectColumns(tt.names)
		var got []string
		for _, c := range tab.Columns {
			got = append(got, fmt.Sprintf("%s %d", c.Name, c.Priority))
		}
		if all := strings.Join(got, ", "); all != tt.want {
			t.Errorf("%v: %s, want %s", tt.names, all, tt.want)
		}
	}
}
