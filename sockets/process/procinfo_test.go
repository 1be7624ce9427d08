package process

import (
	"strings"
	"testing"
)

// vnodePathsOf is the answer of the kernel for a working and a root directory.
func vnodePathsOf(folder, root string) []byte {
	b := make([]byte, 2352)
	for i := range b[:152] {
		b[i], b[1176+i] = 0xff, 0xff // what else is known of them
	}
	copy(b[152:], folder)
	copy(b[1176+152:], root)
	return b
}

func TestParseCwd(t *testing.T) {
	for _, want := range []string{"/Users/ada/shop", "/", "", "/Users/ada/" + strings.Repeat("x", 1012)} {
		if got := parseCwd(vnodePathsOf(want, "/jail")); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
	full := vnodePathsOf("/"+strings.Repeat("x", 1023), "/")
	if got := parseCwd(full); got != "" {
		t.Errorf("a path without an end is taken: %d bytes", len(got))
	}
	whole := vnodePathsOf("/Users/ada", "")
	for n := range whole {
		if got := parseCwd(whole[:n]); got != "" {
			t.Fatalf("%d bytes give %q", n, got)
		}
	}
}

func TestParsePath(t *testing.T) {
	for in, want := range map[string]string{
		"/usr/local/bin/node\x00\x00": "/usr/local/bin/node",
		"/cut":                        "",
		"node\x00":                    "",
		"\x00/later\x00":              "",
		"":                            "",
	} {
		if got := parsePath([]byte(in)); got != want {
			t.Errorf("%q: %q, not %q", in, got, want)
		}
	}
}

func FuzzParseCwd(f *testing.F) {
	f.Add(vnodePathsOf("/Users/ada", "/"))
	f.Add([]byte{0})
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, path := range []string{parseCwd(b), parsePath(b)} {
			if path != "" && (path[0] != '/' || len(path) >= max(len(b), 1) || strings.Contains(path, "\x00")) {
				t.Errorf("%q", path)
			}
		}
	})
}
