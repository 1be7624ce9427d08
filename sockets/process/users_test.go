package process

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"lotop/sockets/untrusted"
)

func TestUsers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "passwd")
	write := func(content string, at int64) {
		t.Helper()
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, time.Unix(at, 0)); err != nil {
			t.Fatal(err)
		}
	}
	u := NewUsers(path)
	check := func(uid uint32, want string) {
		t.Helper()
		if got := u.Name(uid).String(); got != want {
			t.Errorf("user %d is %q, want %q", uid, got, want)
		}
	}
	check(0, "0") // no file yet
	write("# comment:x:5:5\nroot:x:0:0:root:/root:/bin/sh\ntoor:x:0:0::/:\n+::::::\nada:x:1000:1000:Ada, countess:/home/ada:/bin/sh\nbad:x:-1:1:\nshort:x:7\n:x:8:8:\nbig:x:4294967295:1::/:\n", 1000)
	check(0, "root")
	check(1000, "ada")
	check(4294967295, "big")
	check(5, "5")
	check(7, "7")
	check(8, "8")
	write("root:x:0:0::/:\neve\x1b[31m:x:1000:1000::/:\n", 2000)
	check(1000, `eve\x1b[31m`)
	write("root:x:0:0::/:\nada\x1b[31m:x:1000:1000::/:\n", 3000) // the same size
	check(1000, `ada\x1b[31m`)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	check(1000, `ada\x1b[31m`)
	check(9, "9")
}

// A name that was found is not looked up again.
func TestAccounts(t *testing.T) {
	u := NewUsers("")
	asked := 0
	ask := func() untrusted.Text {
		asked++
		return untrusted.New("ada")
	}
	for range 3 {
		if got := u.account("S-1-5-21-1-2-3-1001", ask).String(); got != "ada" {
			t.Error(got)
		}
	}
	if u.account("S-1-5-18", func() untrusted.Text { return untrusted.New("SYSTEM") }).String() != "SYSTEM" || asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

func FuzzPasswd(f *testing.F) {
	f.Add("root:x:0:0:root:/root:/bin/sh\n")
	f.Fuzz(func(t *testing.T, s string) {
		for _, name := range parsePasswd(s) {
			if name.Raw() == "" || untrusted.New(name.String()).String() != name.String() {
				t.Errorf("%q", name)
			}
		}
	})
}
