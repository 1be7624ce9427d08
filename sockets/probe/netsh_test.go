package probe

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"lotop/sockets"
)

func TestExcluded(t *testing.T) {
	const german = `
Portausschlussbereiche für das Protokoll "tcp"

Startport   Endport
----------  --------
      1024        1123
      5357        5357
     50000       50059     *

* - Verwaltete Portausschlüsse
`
	want := []sockets.PortRange{{First: 1024, Last: 1123}, {First: 5357, Last: 5357}, {First: 50000, Last: 50059}}
	if diff := cmp.Diff(want, parseExcluded([]byte(german))); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{"", "1 2 3", "7 3", "1 65536", "-1 5", "a b", "80 81 +"} {
		if got := parseExcluded([]byte(bad)); got != nil {
			t.Errorf("%q: %v", bad, got)
		}
	}
}

func TestDynamic(t *testing.T) {
	const french = "\r\nPlage de ports dynamique du protocole tcp\r\n---------------------------------\r\n" +
		"Port de démarrage   : 49152\r\nNombre de ports      : 16384\r\n\r\n"
	if got, ok := parseDynamic([]byte(french)); !ok || got != (sockets.PortRange{First: 49152, Last: 65535}) {
		t.Error(got, ok)
	}
	for _, bad := range []string{"", "a: 1", "a: 1\nb: 0", "a: 65535\nb: 2", "a: 70000\nb: 1", "a: 1\nb: 2\nc: 3", "a: -1\nb: 4294967295"} {
		if got, ok := parseDynamic([]byte(bad)); ok {
			t.Errorf("%q: %v", bad, got)
		}
	}
}

func FuzzPortRanges(f *testing.F) {
	f.Add([]byte("  1024  1123\n 50000 50059 *\n"))
	f.Add([]byte("a : 49152\nb : 16384\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, r := range parseExcluded(b) {
			if r.First > r.Last {
				t.Error(r)
			}
		}
		if r, ok := parseDynamic(b); ok && r.First > r.Last {
			t.Error(r)
		}
	})
}
