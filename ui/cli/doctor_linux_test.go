package cli

import (
	"os"
	"strings"
	"testing"
)

// The running program answers of itself, and exits by what it found.
func TestDoctorLive(t *testing.T) {
	r := execute(t, lotop(t, "doctor"))
	limited := strings.Contains(r.out, "features that lotop uses are limited.")
	if r.err != "" || r.code > 1 || (r.code == 1) != limited || !strings.Contains(r.out, "sock_diag") {
		t.Errorf("exit %d, %q\n%s", r.code, r.err, r.out)
	}
	if os.Geteuid() != 0 && !strings.Contains(r.out, "✗ other_users") {
		t.Errorf("an ordinary user sees everything:\n%s", r.out)
	}
}
