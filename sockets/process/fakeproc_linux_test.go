package process

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func itoa(n int) string { return strconv.Itoa(n) }

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

// fakeProc makes a proc file system out of folders.
type fakeProc struct {
	t    *testing.T
	root string
}

func (f fakeProc) write(pid int, name, content string) {
	f.t.Helper()
	folder := filepath.Join(f.root, itoa(pid))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644); err != nil {
		f.t.Fatal(err)
	}
}

func (f fakeProc) remove(pid int) {
	f.t.Helper()
	if err := os.RemoveAll(filepath.Join(f.root, itoa(pid))); err != nil {
		f.t.Fatal(err)
	}
}

func (f fakeProc) process(pid, parent, start int) {
	f.t.Helper()
	f.write(pid, "stat", statLine(pid, "x", parent, start))
	f.write(pid, "cmdline", "")
	f.write(pid, "status", "Name:\tx\nTgid:\t"+itoa(pid)+"\nUid:\t1\t2\t3\t4\n")
	f.write(pid, "cgroup", "0::/\n")
}

func TestAncestorsGuards(t *testing.T) {
	f := fakeProc{t, t.TempDir()}
	f.process(10, 9, 500)
	f.process(9, 8, 400)
	f.process(8, 7, 450) // started after its child: 8 is a reused pid
	f.process(7, 0, 1)
	f.process(20, 21, 300) // a circle
	f.process(21, 20, 300)
	f.process(30, 31, 300) // its parent is nowhere
	r := NewReader(f.root)
	for _, test := range []struct {
		pid  int
		want []int
	}{{10, []int{9}}, {9, nil}, {8, []int{7}}, {30, nil}} {
		line, err := r.Ancestors(test.pid)
		var got []int
		for _, p := range line {
			got = append(got, p.PID)
		}
		if err != nil || len(got) != len(test.want) || len(got) > 0 && got[0] != test.want[0] {
			t.Errorf("parents of %d: %v, %v, want %v", test.pid, got, err, test.want)
		}
	}
	if line, err := r.Ancestors(20); err != nil || len(line) > maxAncestors {
		t.Errorf("a circle: %d parents, %v", len(line), err)
	}
}

func TestReadFiles(t *testing.T) {
	f := fakeProc{t, t.TempDir()}
	f.process(5, 1, 100)
	r := NewReader(f.root)
	p := mustRead(t, r, 5)
	if p.UID != 2 || p.Args != nil || p.Cgroup.Path.Raw() != "/" {
		t.Errorf("%+v", p)
	}
	if same, err := r.Refresh(p); err != nil || same != p {
		t.Errorf("refresh: %v, %v", same, err)
	}

	long := strings.Repeat("a-long-argument\x00", 6000)
	f.write(5, "cmdline", long)
	p, err := r.Refresh(p)
	if err != nil || len(p.Args) != maxRead/len("a-long-argument\x00") {
		t.Fatalf("%d arguments, %v", len(p.Args), err)
	}
	if same, err := r.Refresh(p); err != nil || same != p {
		t.Errorf("refresh of long arguments: %v", err)
	}

	f.write(5, "stat", "5 (x) S 1 5")
	if _, err := r.Read(5); err == nil || errors.Is(err, ErrGone) || !strings.Contains(err.Error(), "5/stat") {
		t.Errorf("a short stat: %v", err)
	}
}

func TestReadWithoutUIDOrCgroup(t *testing.T) {
	f := fakeProc{t, t.TempDir()}
	f.process(5, 1, 100)
	f.write(5, "status", "Name:\tx\n")
	if err := os.Remove(filepath.Join(f.root, "5", "cgroup")); err != nil {
		t.Fatal(err)
	}
	p := mustRead(t, NewReader(f.root), 5)
	if p.UID != uint32(os.Geteuid()) || p.Cgroup != (Cgroup{}) {
		t.Errorf("uid %d, cgroup %+v", p.UID, p.Cgroup)
	}
	if err := os.Remove(filepath.Join(f.root, "5", "status")); err != nil {
		t.Fatal(err)
	}
	if _, err := NewReader(f.root).Read(5); !errors.Is(err, ErrGone) {
		t.Errorf("exited between two files: %v", err)
	}
}
