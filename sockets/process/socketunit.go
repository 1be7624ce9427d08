package process

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// SocketUnit finds the systemd socket unit that a port is set up in, by reading
// the unit files in folders. protocol is "tcp" or "udp". It is empty if none is
// found; a unit made by a generator or an instance of a template may not be.
func SocketUnit(folders []string, protocol string, port uint16) string {
	for _, folder := range folders {
		files, _ := filepath.Glob(filepath.Join(folder, "*.socket"))
		for _, file := range files {
			if text, err := os.ReadFile(file); err == nil && listensOn(string(text), protocol, port) {
				return NewText(filepath.Base(file)).String()
			}
		}
	}
	return ""
}

// listensOn reads the ListenStream= and ListenDatagram= lines of a unit
// (systemd.socket(5)): PORT, ADDRESS:PORT or a path.
func listensOn(unit, protocol string, port uint16) bool {
	key := "ListenStream"
	if protocol == "udp" {
		key = "ListenDatagram"
	}
	want := strconv.Itoa(int(port))
	for line := range strings.Lines(unit) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		if !ok || strings.TrimSpace(name) != key {
			continue
		}
		value = strings.TrimSpace(value)
		if value == want || strings.HasSuffix(value, ":"+want) {
			return true
		}
	}
	return false
}
