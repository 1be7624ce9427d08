package model

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var queryErrors = []struct{ query, place, problem, help string }{
	{"99999", "99999", "99999 is no port", "ports go from 0 to 65535"},
	{"a port:99999 b", "99999", "99999 is no port", ""},
	{"port:1,x", "x", "x is no port", ""},
	{":http", "http", "http is no port", ""},
	{"9-3", "9-3", "the range runs backwards", "write 3-9"},
	{"3000-", "3000-", "the range has no end", ""},
	{"lport:3000-", "3000-", "the range has no end", ""},
	{"port:", "port:", "a value is missing", "for example port:3000,8000-8100"},
	{"name:a,", "name:a,", "a value is missing", ""},
	{`name:""`, `name:""`, "a value is missing", ""},
	{"prot:tcp", "prot:", "prot: is no key", "did you mean proto:?"},
	{"comand:x", "comand:", "comand: is no key", "did you mean cmd:?"},
	{"process:x", "process:", "process: is no key", "did you mean name:?"},
	{"http://localhost:3000/", "http://localhost:3000/", "", ""},
	{"zzz:x", "zzz:", "zzz: is no key", "known are port, lport"},
	{"127.0.0.1:x", "x", "x is no port", ""},
	{"127.0.0.1:99999", "99999", "99999 is no port", ""},
	{"localhost:", "localhost:", "a port is missing", "for example localhost:3000"},
	{":", ":", "a port is missing", ""},
	{"state:lisen", "lisen", "state: does not know lisen", "did you mean listen?"},
	{"is:foo", "foo", "is: does not know foo", "it takes debugger"},
	{"pid:node", "node", "node is no process id", ""},
	{"addr:300.0.0.1", "300.0.0.1", "300.0.0.1 is no address", ""},
	{`a "b c`, `"b c`, "the quote does not end", ""},
	{`cmd:"b`, `"b`, "the quote does not end", ""},
	{`"a"b`, "b", "a space is missing after the quote", ""},
	{`""`, `""`, "the quotes are empty", ""},
	{"/usr", "/usr", "the regular expression does not end", `"/usr/bin"`},
	{"/usr/bin", "bin", "a space is missing after the regular expression", ""},
	{"//", "//", "the regular expression is empty", ""},
	{"/a(b/", "a(b", "the regular expression is broken: missing closing )", ""},
	{"/a**/", "**", "the regular expression is broken: invalid nested repetition operator", ""},
	{"foo -", "-", "nothing stands after -", ""},
	{"not: foo", "not:", "nothing stands after not:", ""},
	{"x\x1b[2J:1", "", "", ""},
}

func TestQueryErrors(t *testing.T) {
	for _, tt := range queryErrors {
		_, err := ParseQuery(tt.query)
		var e *QueryError
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
		_, err := ParseQuery(tt.query)
		var e *QueryError
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", tt.query, err)
		} else if diff := cmp.Diff(tt.want, e.Pointer()); diff != "" {
			t.Errorf("%q: %s", tt.query, diff)
		}
	}
}
