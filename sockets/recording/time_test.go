package recording

import (
	"strings"
	"testing"
)

// TestInvalidTime checks that the error has the number of the line whose time
// is invalid.
func TestInvalidTime(t *testing.T) {
	for _, started := range []string{`"yesterday"`, `"2026-13-01T12:00:00Z"`, `7`} {
		head := strings.Replace(head1, `"2026-03-01T12:00:00Z"`, started, 1)
		if _, err := openBytes(pack(t, head, key1)); err == nil || err.Error() != "invalid time in line 1" {
			t.Errorf("%s: %v", started, err)
		}
	}
	for _, line := range []string{
		`{"snapshot":"noon","key":true}`, `{"snapshot":1e99,"key":true}`, `{"snapshot":99999999999999999999}`, `{"notices":"noon","lost":1}`,
	} {
		p := mustOpen(t, pack(t, head1, key1, line+"\n"))
		want := "the recording is damaged, invalid time in line 3; read 1 snapshot up to "
		if got := p.Damage(); !strings.HasPrefix(got, want) || len(readAll(t, p)) != 1 {
			t.Errorf("%s: %q", line, got)
		}
		_, err := openBytes(pack(t, head1, line+"\n"))
		if err == nil || err.Error() != "no readable snapshot: invalid time in line 2" {
			t.Errorf("%s: %v", line, err)
		}
	}
}
