package recording

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// TestSizes holds that the account of memory is none too low.
func TestSizes(t *testing.T) {
	for _, c := range []struct {
		of   any
		size int
	}{
		{sockets.Socket{}, socketSize},
		{process.Process{}, processSize},
		{process.Cgroup{}, cgroupSize},
		{sockets.DestroyNotification{}, noticeSize},
		{sockets.Warning{}, smallSize},
		{nameLine{}, smallSize},
		{sockets.Owner{}, ownerSize},
		{untrusted.Text{}, stringSize},
	} {
		if got := int(reflect.TypeOf(c.of).Size()); got > c.size {
			t.Errorf("%T takes %d bytes, not %d", c.of, got, c.size)
		}
	}
}

// TestHostileMemory plays recordings of a few kilobytes that would take as much
// memory as they like. What stays in memory is bounded.
func TestHostileMemory(t *testing.T) {
	at := func(i int) string { return fmt.Sprintf(`{"snapshot":%d`, 1772366401000000000+i) }
	long := strings.Repeat("x", 16<<20)
	grow := func(n int, line func(i int) string) []string {
		lines := []string{head1, key1}
		for i := range n {
			lines = append(lines, line(i))
		}
		return lines
	}
	for name, lines := range map[string][]string{
		"arguments": grow(1, func(i int) string {
			return at(i) + `,"processes":[{"args":[` + strings.Repeat(`"",`, 5<<20) + `""]}]}` + "\n"
		}),
		"processes": grow(10, func(i int) string {
			return at(i) + fmt.Sprintf(`,"processes":[{"pid":%d,"args":["%s"]}]}`, i, long) + "\n"
		}),
		"users":   grow(10, func(i int) string { return at(i) + fmt.Sprintf(`,"users":[{"id":%d,"name":"%s"}]}`, i, long) + "\n" }),
		"cgroups": grow(10, func(i int) string { return at(i) + fmt.Sprintf(`,"cgroups":[{"path":"%s"}]}`, long) + "\n" }),
		"moves":   grow(1, func(i int) string { return at(i) + `,"table":[` + strings.Repeat("0,", 5<<20) + "0]}\n" }),
		"timers":  grow(1, func(i int) string { return at(i) + `,"timers":[` + strings.Repeat("0,", 5<<20) + "0]}\n" }),
		"ended":   grow(1, func(i int) string { return at(i) + `,"ended":{"users":[` + strings.Repeat("0,", 5<<20) + "0]}}\n" }),
		"rows": grow(1, func(i int) string {
			return at(i) + `,"table":[0,0,1],"rows":[` + strings.Repeat("{},", 5<<20) + "{}]}\n"
		}),
		"many names": grow(1, func(i int) string { return at(i) + `,"users":[` + strings.Repeat("{},", 5<<20) + "{}]}\n" }),
	} {
		p := mustOpen(t, pack(t, lines...))
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		var err error
		for err == nil {
			_, err = p.Next()
		}
		if !errors.Is(err, errLimit) {
			t.Errorf("%s: %.200v", name, err)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		if held := int64(after.HeapAlloc) - int64(before.HeapAlloc); held > maxHeld+64<<20 {
			t.Errorf("%s: %d MiB", name, held>>20)
		}
		runtime.KeepAlive(p)
	}
}

// TestManyNotices gives notices that are too many for one moment in several, and
// counts as lost what a screen has no room for.
func TestManyNotices(t *testing.T) {
	one := `{"time":1772366400500000000,"socket":{"id":7}}`
	line := `{"notices":1772366400500000000,"closed":[` + strings.Repeat(one+",", maxNotifications-1) + one + "]}\n"
	n := maxHeard/maxNotifications + 3
	file := pack(t, head1, key1, strings.Repeat(line, n), `{"snapshot":1772366401000000000}`+"\n")
	heard, snapshots := 0, 0
	for _, m := range readAll(t, mustOpen(t, file)) {
		if heard += len(m.Notifications); len(m.Notifications) > maxHeard || m.Dropped > 0 {
			t.Error(len(m.Notifications), m.Dropped)
		}
		if m.Snapshot != nil {
			snapshots++
		}
	}
	if heard != n*maxNotifications || snapshots != 2 {
		t.Errorf("%d notices of %d, %d snapshots", heard, n*maxNotifications, snapshots)
	}
	c := &mustOpen(t, file).cursor
	if err := c.advance(1); err != nil {
		t.Fatal(err)
	}
	if all, lost := c.drain(nil); len(all) > maxHeard || len(all)+lost != n*maxNotifications {
		t.Error(len(all), lost)
	}
}
