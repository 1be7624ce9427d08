package untrusted

import "testing"

func TestIsShellWord(t *testing.T) {
	for s, want := range map[string]bool{
		"nginx": true, "shop.service": true, "user@1000.service": true, "a_b-c:1+2": true, "café": true, ".hidden": true,
		"": false, "-rf": false, "@x": false, "+x": false, "a b": false, "a;b": false, "$x": false, "a`b": false,
		"a'b": false, `a"b`: false, "a&b": false, "a|b": false, "a>b": false, "~": false, "a*": false, "a?": false,
		"a[b": false, "a(b": false, "a{b": false, "a%b": false, "a!b": false, "a#b": false, "a=b": false, "a/b": false,
		"a\\b": false, "a\nb": false, "a\u2019b": false, "a\x00": false, "a\xff": false, "a,b": false,
	} {
		if got := IsShellWord(s); got != want {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	}
}
