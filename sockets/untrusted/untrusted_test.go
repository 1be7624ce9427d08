package untrusted

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// firstUnsafe names what in s could do something to a terminal, empty if nothing.
func firstUnsafe(s string) string {
	if !utf8.ValidString(s) {
		return "broken UTF-8"
	}
	for _, r := range s {
		switch {
		case unicode.IsControl(r):
			return fmt.Sprintf("the control character %U", r)
		case unicode.Is(unicode.Cf, r):
			return fmt.Sprintf("the format character %U", r)
		case unicode.In(r, unicode.Zl, unicode.Zp):
			return fmt.Sprintf("the separator %U", r)
		}
	}
	return ""
}

func TestUntrusted(t *testing.T) {
	for _, test := range []struct{ raw, shown, json string }{
		{"", "", `""`},
		{"node server.js", "node server.js", `"node server.js"`},
		{"größe 漢字 🚀", "größe 漢字 🚀", `"größe 漢字 🚀"`},
		{"e\u0301", "e\u0301", "\"e\u0301\""},
		{"a\tb\nc\rd", "a b c d", `"a\u0009b\u000ac\u000dd"`},
		{"\x1b[31m", `\x1b[31m`, `"\u001b[31m"`},
		{"\x00\x7f", `\x00\x7f`, `"\u0000\u007f"`},
		{"\u009b31m", `\x9b31m`, `"\u009b31m"`},
		{"\x9b31m", `\x9b31m`, `"\ufffd31m"`},
		{"a\xffb", `a\xffb`, `"a\ufffdb"`},
		{"\xed\xa0\x80", `\xed\xa0\x80`, `"\ufffd\ufffd\ufffd"`}, // half a surrogate pair
		{"\ufffd", "\ufffd", `"\ufffd"`},
		{"\u202egnp.exe", `\u202egnp.exe`, `"\u202egnp.exe"`},
		{"\u200b\ufeff\u00ad", `\u200b\ufeff\xad`, `"\u200b\ufeff\u00ad"`},
		{"\u2028\u2029\u0085", `\u2028\u2029\x85`, `"\u2028\u2029\u0085"`},
		{"\U000e0041", `\U000e0041`, `"\udb40\udc41"`}, // a tag
		{"\U0010fffd", `\U0010fffd`, `"\udbff\udffd"`},
		{`"\`, `"\`, `"\"\\"`},
		{"</script>&", "</script>&", `"</script>&"`},
	} {
		x := New(test.raw)
		if x.Raw() != test.raw || x.String() != test.shown {
			t.Errorf("%q is shown as %q, want %q", test.raw, x, test.shown)
		}
		if got, err := x.MarshalJSON(); err != nil || string(got) != test.json {
			t.Errorf("%q is written as %s, want %s (%v)", test.raw, got, test.json, err)
		}
	}
	if (Text{}) != New("") {
		t.Error("the zero value is not the empty text")
	}
}

func FuzzUntrusted(f *testing.F) {
	f.Add("node \x1b[31m\u202e\xff\u2028\U000e0041\ufffd")
	f.Fuzz(func(t *testing.T, raw string) {
		x := New(raw)
		if bad := firstUnsafe(x.String()); bad != "" {
			t.Errorf("%q shows %s", x.String(), bad)
		}
		if x.Raw() != raw || sanitize(x.String()) != x.String() {
			t.Errorf("%q is shown as %q", raw, x)
		}
		direct, err := x.MarshalJSON()
		if err != nil || firstUnsafe(string(direct)) != "" {
			t.Errorf("%s holds %s, %v", direct, firstUnsafe(string(direct)), err)
		}
		nested, err := json.Marshal(map[string]Text{"name": x})
		if err != nil || firstUnsafe(string(nested)) != "" {
			t.Errorf("%s holds %s, %v", nested, firstUnsafe(string(nested)), err)
		}
		var back map[string]string
		if err := json.Unmarshal(nested, &back); err != nil {
			t.Fatal(err)
		}
		want := strings.ToValidUTF8(raw, "")
		if utf8.ValidString(raw) && back["name"] != want {
			t.Errorf("%q came back as %q", raw, back["name"])
		}
	})
}
