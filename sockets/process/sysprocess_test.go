package process

import (
	"encoding/binary"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// atBase is where a test's table pretends to stand.
const atBase = 0x7ff0_0000_0000

// systemTable lays processes out as Windows does: an entry, one thread of 80
// bytes, then the name.
func systemTable(all ...entry) []byte {
	var b []byte
	for i, e := range all {
		name := utf16.Encode([]rune(e.name))
		one := make([]byte, entrySize+80+(2*len(name)+7)&^7)
		if i < len(all)-1 {
			binary.LittleEndian.PutUint32(one[entryNext:], uint32(len(one)))
		}
		binary.LittleEndian.PutUint32(one[entryThreads:], uint32(e.threads))
		binary.LittleEndian.PutUint64(one[entryStart:], e.start)
		binary.LittleEndian.PutUint64(one[entryUser:], uint64(e.cpu/100)-1)
		binary.LittleEndian.PutUint64(one[entryKernel:], 1)
		binary.LittleEndian.PutUint64(one[entryPID:], uint64(e.pid))
		binary.LittleEndian.PutUint64(one[entryParent:], uint64(e.parent))
		binary.LittleEndian.PutUint64(one[entryMemory:], e.memory)
		if len(name) > 0 {
			binary.LittleEndian.PutUint16(one[entryName:], uint16(2*len(name)))
			binary.LittleEndian.PutUint64(one[entryName+8:], atBase+uint64(len(b))+entrySize+80)
		}
		for i, unit := range name {
			binary.LittleEndian.PutUint16(one[entrySize+80+2*i:], unit)
		}
		b = append(b, one...)
	}
	return b
}

var someEntries = []entry{
	{name: "System", pid: 4, threads: 200, start: 133500000000000000, cpu: 3 * time.Second, memory: 1 << 20},
	{name: "node.exe", pid: 4396, parent: 812, threads: 11, start: 133600000000000001, cpu: 500, memory: 1 << 28},
	{name: "prüfung 💡.exe", pid: 1<<31 - 4, parent: 4396, threads: 1, start: 133600000000000002, cpu: 100},
}

func TestEntries(t *testing.T) {
	idle := entry{threads: 2, cpu: 100}
	ended := entry{name: "ended.exe", pid: 8, cpu: 100}
	got, err := parseEntries(systemTable(append([]entry{idle, ended}, someEntries...)...), atBase)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(someEntries, got, cmp.AllowUnexported(entry{})); diff != "" {
		t.Error(diff)
	}
}

func TestHostileEntries(t *testing.T) {
	whole := systemTable(someEntries...)
	if _, err := parseEntries(whole, atBase-8); err == nil {
		t.Error("a name that ends behind the table")
	}
	for n := range len(whole) - 8 { // the last bytes are padding
		if got, err := parseEntries(whole[:n], atBase); err == nil {
			t.Fatalf("%d of %d bytes: %d entries", n, len(whole), len(got))
		}
	}
	for _, next := range []uint32{1, entrySize - 1, uint32(len(whole)) + 1, 1<<32 - 1} {
		bad := append([]byte(nil), whole...)
		binary.LittleEndian.PutUint32(bad, next)
		if _, err := parseEntries(bad, atBase); err == nil {
			t.Errorf("next at %d", next)
		}
	}
}

func FuzzEntries(f *testing.F) {
	f.Add(systemTable(someEntries...), uint64(atBase))
	f.Add([]byte{}, uint64(0))
	f.Fuzz(func(t *testing.T, b []byte, base uint64) {
		all, err := parseEntries(b, base)
		if len(all)*entrySize > len(b) {
			t.Errorf("%d entries of %d bytes", len(all), len(b))
		}
		if err == nil && len(b) < entrySize {
			t.Error("no error")
		}
		for _, e := range all {
			if at := filetime(e.start); at.Year() < 1 {
				t.Errorf("%d is %v", e.start, at)
			}
		}
	})
}

func TestFiletime(t *testing.T) {
	if got := filetime(0); !got.IsZero() {
		t.Error(got)
	}
	want := time.Date(2024, 7, 11, 6, 14, 56, 100, time.UTC)
	if got := filetime(133651520960000001).UTC(); !got.Equal(want) {
		t.Error(got)
	}
}

// A Ctrl event reaches everybody on a console, so it is only for consoles where
// nobody else would be hit.
func TestConsoleSharer(t *testing.T) {
	all := newProcessTable([]entry{
		{name: "explorer.exe", pid: 8, start: 1},
		{name: "CMD.EXE", pid: 12, parent: 8, start: 2},
		{name: "node.exe", pid: 16, parent: 12, start: 3},
		{name: "esbuild.exe", pid: 20, parent: 16, start: 4},
		{name: "other.exe", pid: 24, parent: 12, start: 5},
		{name: "supervisor.exe", pid: 28, parent: 12, start: 6},
		{name: "worker.exe", pid: 32, parent: 28, start: 7},
		{name: "lotop.exe", pid: 36, parent: 12, start: 8},
		{name: "young.exe", pid: 40, parent: 44, start: 9}, // its parent's number was given away
		{name: "cmd.exe", pid: 44, parent: 8, start: 10},
		{name: "cmd.exe", pid: 48, parent: 48, start: 11},
	})
	for _, c := range []struct {
		console []int
		target  int
		want    string
	}{
		{[]int{36, 16}, 16, ""},
		{[]int{36, 16, 12, 20}, 16, ""},
		{[]int{36, 16, 12, 24}, 16, "other.exe"},
		{[]int{36, 32, 28}, 32, "supervisor.exe"},
		{[]int{36, 28, 32}, 28, ""},
		{[]int{36, 40, 44}, 40, "cmd.exe"},
		{[]int{36, 99, 16}, 16, ""}, // gone meanwhile
		{[]int{36, 16, 48}, 16, "cmd.exe"},
	} {
		got := ""
		if e := all.consoleSharer(c.console, c.target, 36); e != nil {
			got = e.name
		}
		if got != c.want {
			t.Errorf("%v, target %d: %q, not %q", c.console, c.target, got, c.want)
		}
	}
}
