package process

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestSocketUnit(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no systemd, and a link takes rights")
	}
	first, second := unitFiles(t)
	for _, c := range []struct {
		protocol string
		port     uint16
		want     string
	}{
		{"tcp", 8080, "web.socket"},
		{"tcp", 8081, "web.socket"},
		{"udp", 8080, ""},
		{"udp", 53, "dns.socket"},
		{"tcp", 53, "dns.socket"},
		{"tcp", 9000, ""}, // the other file of that name wins
		{"tcp", 9001, "moved.socket"},
		{"tcp", 9090, ""}, // taken back by the drop-in
		{"tcp", 9443, "edited.socket"},
		{"tcp", 9555, ""},
		{"tcp", 9666, ""},
		{"tcp", 7000, ""},
		{"tcp", 7100, ""}, // which instance?
		{"tcp", 7200, ""},
		{"tcp", 80, ""},
	} {
		if got := SocketUnit([]string{"/nowhere", first, second}, c.protocol, c.port); got != c.want {
			t.Errorf("%s %d: %q, want %q", c.protocol, c.port, got, c.want)
		}
	}
	if len(UnitPaths()) == 0 || len(UserUnitPaths("/home/ada")) == 0 {
		t.Error("no folders")
	}
}

// unitFiles makes two folders of units, of which the first wins.
func unitFiles(t *testing.T) (first, second string) {
	t.Helper()
	first, second = t.TempDir(), t.TempDir()
	write := func(folder, name, text string) {
		t.Helper()
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(second, "web.socket", "[Unit]\nDescription=8080\n[Socket]\nListenStream=8080\n ListenStream = [::1]:8081 \n")
	write(second, "dns.socket", "[Socket]\nListenDatagram=127.0.0.53:53\nListenStream=127.0.0.53:53\n")
	write(second, "moved.socket", "[Socket]\nListenStream=9000\n")
	write(first, "moved.socket", "[Socket]\nListenStream=9001\n")
	write(second, "edited.socket", "[Socket]\nListenStream=9090\n")
	write(first, "edited.socket.d/override.conf", "[Socket]\nListenStream=\nListenStream=9443\n")
	write(second, "edited.socket.d/override.conf", "[Socket]\nListenStream=9555\n")
	write(second, "edited.socket.d/a.conf", "[Socket]\nListenStream=9666\n")
	write(second, "other.socket", "[Socket]\nListenStream=/run/a:7000\nListenStream=@b:7000\nListenStream=vsock:2:7000\n#ListenStream=7000\nListenStream=x\n")
	write(second, "many@.socket", "[Socket]\nListenStream=7100\n")
	write(second, "masked.socket", "[Socket]\nListenStream=7200\n")
	if err := os.Symlink("/dev/null", filepath.Join(first, "masked.socket")); err != nil {
		t.Fatal(err)
	}
	return first, second
}
