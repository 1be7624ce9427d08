package process

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"lotop/sockets/untrusted"
)

// UnitPaths returns the directories from which the systemd of the system reads its
// units, in order of precedence (systemd.unit(5)).
func UnitPaths() []string {
	return []string{
		"/etc/systemd/system.control", "/run/systemd/system.control", "/run/systemd/transient",
		"/run/systemd/generator.early",
		"/etc/systemd/system", "/run/systemd/system", "/run/systemd/generator",
		"/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system",
		"/run/systemd/generator.late",
	}
}

// UserUnitPaths returns those of the systemd of the user with that home directory.
func UserUnitPaths(home string) []string {
	return []string{
		filepath.Join(home, ".config/systemd/user"), "/etc/systemd/user", "/run/systemd/user",
		filepath.Join(home, ".local/share/systemd/user"), "/usr/local/lib/systemd/user", "/usr/lib/systemd/user",
	}
}

// SocketUnit returns the socket unit that listens on a port, by reading the unit
// files in dirs, in order of precedence. protocol is "tcp" or "udp". It is empty if
// none is found; instances of templates are not found.
func SocketUnit(dirs []string, protocol string, port uint16) string {
	seen := map[string]bool{}
	for _, dir := range dirs {
		files, _ := filepath.Glob(filepath.Join(dir, "*.socket"))
		for _, file := range files {
			name := filepath.Base(file)
			if seen[name] || strings.HasSuffix(name, "@.socket") {
				continue
			}
			seen[name] = true
			var ports listenPorts
			ports.read(file, protocol)
			for _, dropIn := range dropIns(dirs, name) {
				ports.read(dropIn, protocol)
			}
			if slices.Contains(ports, port) {
				return untrusted.New(name).String()
			}
		}
	}
	return ""
}

// dropIns returns the files that extend a unit, in the order of their names. Of files
// with the same name the one in the first directory counts.
func dropIns(dirs []string, unit string) []string {
	known := map[string]string{}
	var names []string
	for _, dir := range dirs {
		files, _ := filepath.Glob(filepath.Join(dir, unit+".d", "*.conf"))
		for _, file := range files {
			name := filepath.Base(file)
			if known[name] == "" {
				known[name] = file
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	for i, name := range names {
		names[i] = known[name]
	}
	return names
}

// listenPorts are the ports that a unit listens on.
type listenPorts []uint16

// read adds the ports of a file, none if it cannot be read.
func (l *listenPorts) read(file, protocol string) {
	if text, err := os.ReadFile(file); err == nil {
		l.parse(string(text), protocol)
	}
}

// parse reads the ListenStream= or ListenDatagram= lines of a unit
// (systemd.socket(5)): PORT, ADDRESS:PORT, or something without a port. An empty one
// clears the lines before it.
func (l *listenPorts) parse(unit, protocol string) {
	key := "ListenStream"
	if protocol == "udp" {
		key = "ListenDatagram"
	}
	for line := range strings.Lines(unit) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		if !ok || strings.TrimSpace(name) != key {
			continue
		}
		value = strings.TrimSpace(value)
		switch {
		case value == "":
			*l = nil
			continue
		case strings.HasPrefix(value, "/") || strings.HasPrefix(value, "@") || strings.HasPrefix(value, "vsock:"):
			continue
		}
		if n, err := strconv.ParseUint(value[strings.LastIndexByte(value, ':')+1:], 10, 16); err == nil {
			*l = append(*l, uint16(n))
		}
	}
}
