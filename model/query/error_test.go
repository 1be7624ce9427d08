package query_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lotop/model/query"
)

var queryErrors = []struct{ query, place, problem, help string }{
	{"99999", "99999", "99999 is not a port", "ports range from 0 to 65535"},
	{"a port:99999 b", "99999", "99999 is not a port", ""},
	{"port:1,x", "x", "x is not a port", ""},
	{":http", "http", "http is not a port", ""},
	{"9-3", "9-3", "range is reversed", "did you mean 3-9?"},
	{"3000-", "3000-", "missing end of range", ""},
	{"lport:3000-", "3000-", "missing end of range", ""},
	{"port:", "port:", "missing value", "for example port:3000,8000-8100"},
	{"name:a,", "name:a,", "missing value", ""},
	{`name:""`, `name:""`, "missing value", ""},
	{"prot:tcp", "prot:", "prot: is not a filter key", "did you mean proto:?"},
	{"comand:x", "comand:", "comand: is not a filter key", "did you mean cmd:?"},
	{"process:x", "process:", "process: is not a filter key", "did you mean name:?"},
	{"http://localhost:3000/", "http://localhost:3000/", "", ""},
	{"zzz:x", "zzz:", "zzz: is not a filter key", "valid keys: port, lport"},
	{"127.0.0.1:x", "x", "x is not a port", ""},
	{"127.0.0.1:99999", "99999", "99999 is not a port", ""},
	{"localhost:", "localhost:", "missing port", "for example localhost:3000"},
	{":", ":", "missing port", ""},
	{"state:lisen", "lisen", "state: unknown value lisen", "did you mean listen?"},
	{"is:foo", "foo", "is: unknown value foo", "valid values: debugger"},
	{"pid:node", "node", "node is not a PID", ""},
	{"addr:300.0.0.1", "300.0.0.1", "300.0.0.1 is not an address", ""},
	{`a "b c`, `"b c`, "unterminated quote", ""},
	{`cmd:"b`, `"b`, "unterminated quote", ""},
	{`"a"b`, "b", "missing space after the quote", ""},
	{`""`, `""`, "empty quotes", ""},
	{"/usr", "/usr", "unterminated regular expression", `"/usr/bin"`},
	{"/usr/bin", "bin", "missing space after the regular expression", ""},
	{"//", "//", "empty regular expression", ""},
	{"/a(b/", "a(b", "invalid regular expression: missing closing )", ""},
	{"/a**/", "**", "invalid regular expression: invalid nested repetition operator", ""},
	{"foo -", "-", "missing term after -", ""},
	{"not: foo", "not:", "missing term after not:", ""},
	{"x\x1b[2J:1", "", "", ""},
}

func TestQueryErrors(t *testing.T) {
	for _, tt := range queryErrors {
		_, err := query.Parse(tt.query)
		var e *query.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", tt.query, err)
			continue
		}
		if place := e.Query[e.Offset : e.Offset+e.Length]; tt.place != "" && place != tt.place && tt.problem != "" {
			t.Errorf("%s: points at %q, want %q", tt.query, place, tt.place)
		}
		if tt.problem != "" && e.Problem != tt.problem || !strings.Contains(e.Help, tt.help) {
			t.Errorf("%s: got %q", tt.query, e.Error())
		}
		if strings.ContainsAny(e.Error()+e.Pointer()[:len(e.Pointer())-1], "\x1b\r") {
			t.Errorf("%q is not safe to print", e.Error())
		}
	}
}

func TestQueryErrorPointer(t *testing.T) {
	tests := []struct{ query, want string }{
		{"node port:9-3", "node port:9-3\n          ^^^"},
		{"日本 pid:x", "日本 pid:x\n         ^"},
		{"\x1b[ pid:日本", "\\x1b[ pid:日本\n          ^^^^"},
		{"a\tpid:x", "a pid:x\n      ^"},
	}
	for _, tt := range tests {
		_, err := query.Parse(tt.query)
		var e *query.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", tt.query, err)
		} else if diff := cmp.Diff(tt.want, e.Pointer()); diff != "" {
			t.Errorf("%q: %s", tt.query, diff)
		}
	}
}
