package query_test

import (
	"errors"
	"strings"
	"testing"

	"lotop/model/query"
)

func FuzzParseQuery(f *testing.F) {
	for _, s := range []string{
		"3000", ":3000-3999", "port:1,2-3", `cmd:"a b",c`, "/a(b|c)/", "-!not:x", "addr:fe80::1%eth0", "[::1]:80",
		`"a\"b\\"`, "state:time-wait", "user:0", "is:new class:dynamic", "*:8080", "日本", "\xff", "İ", "127.0.0.0/8", "prot:x",
	} {
		f.Add(s)
	}
	rows := testRows()
	f.Fuzz(func(t *testing.T, s string) {
		q, err := query.Parse(s)
		if err != nil {
			var e *query.Error
			if !errors.As(err, &e) {
				t.Fatalf("%q: %T", s, err)
			}
			if e.Query != s || e.Offset < 0 || e.Length < 0 || e.Offset+e.Length > len(s) {
				t.Fatalf("%q: %d+%d lies outside", s, e.Offset, e.Length)
			}
			if strings.Count(e.Pointer(), "\n") != 1 || strings.ContainsAny(e.Error(), "\n\x1b") {
				t.Fatalf("%q: %q", s, e.Pointer())
			}
			return
		}
		again, err := query.Parse(q.String())
		if err != nil {
			t.Fatalf("%q gives %q: %v", s, q, err)
		}
		if again.String() != q.String() {
			t.Fatalf("%q gives %q gives %q", s, q, again)
		}
		for name, r := range rows {
			if q.Match(r) != again.Match(r) {
				t.Fatalf("%q and %q differ at %s", s, q, name)
			}
		}
	})
}
