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

// TestSizes checks that the sizes in memory are not underestimated.
func TestSizes(t *testing.T) {
	for _, c := range []struct {
		of   any
		size int
	}{
		{sockets.Socket{}, socketSize},
		{process.Process{}, processSize},
		{process.Cgroup{}, cgroupSize},
		{sockets.DestroyNotification{}, notificationSize},
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

// TestHostileMemory replays recordings of a few kilobytes whose contents would
// take far more memory. Values that add up reach the limit of the memory, which
// the test lowers; lists that are too long reach the limits of their lengths.
func TestHostileMemory(t *testing.T) {
	const low = 16 << 20
	at := func(i int) string { return fmt.Sprintf(`{"snapshot":%d`, 1772366401000000000+i) }
	long := strings.Repeat("x", 1<<20)
	grow := func(n int, line func(i int) string) []string {
		lines := []string{head1, key1}
		for i := range n {
			lines = append(lines, line(i))
		}
		return lines
	}
	one := func(before, element string, n int, after string) []string {
		return grow(1, func(i int) string { return at(i) + before + strings.Repeat(element+",", n) + element + after + "\n" })
	}
	for name, c := range map[string]struct {
		limit int
		lines []string
	}{
		"processes": {low, grow(20, func(i int) string {
			return at(i) + fmt.Sprintf(`,"processes":[{"pid":%d,"args":["%s"]}]}`, i, long) + "\n"
		})},
		"users": {low, grow(20, func(i int) string {
			return at(i) + fmt.Sprintf(`,"users":[{"id":%d,"name":"%s"}]}`, i, long) + "\n"
		})},
		"cgroups": {low, grow(20, func(i int) string {
			return at(i) + fmt.Sprintf(`,"cgroups":[{"path":"%s"}]}`, long) + "\n"
		})},
		"rows in bytes":  {low, one(`,"table":[0,0,1],"rows":[`, "{}", low/socketSize, "]}")},
		"names in bytes": {low, one(`,"users":[`, "{}", low/smallSize, "]}")},
		"arguments":      {maxMemory, one(`,"processes":[{"args":[`, `""`, maxArgs, "]}]}")},
		"moves":          {maxMemory, one(`,"table":[`, "0", 6*maxSockets, "]}")},
		"timers":         {maxMemory, one(`,"timers":[`, "0", maxSockets, "]}")},
		"ended":          {maxMemory, one(`,"ended":{"users":[`, "0", maxEntries, "]}}")},
		"rows":           {maxMemory, one(`,"table":[0,0,1],"rows":[`, "{}", maxSockets, "]}")},
		"names":          {maxMemory, one(`,"users":[`, "{}", maxEntries, "]}")},
	} {
		p := mustOpen(t, pack(t, c.lines...))
		p.cursor.table.limit = c.limit
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
		if used := int64(after.HeapAlloc) - int64(before.HeapAlloc); used > int64(c.limit)+32<<20 {
			t.Errorf("%s: %d MiB", name, used>>20)
		}
		runtime.KeepAlive(p)
	}
}

// TestManyNotices checks that notifications too many for one step are
// returned in several, and that a player of a screen counts as lost what
// exceeds maxPending.
func TestManyNotices(t *testing.T) {
	one := `{"time":1772366400500000000,"socket":{"id":7}}`
	line := `{"notices":1772366400500000000,"closed":[` + strings.Repeat(one+",", maxNotifications-1) + one + "]}\n"
	n := maxPending/maxNotifications + 3
	file := pack(t, head1, key1, strings.Repeat(line, n), `{"snapshot":1772366401000000000}`+"\n")
	received, snapshots := 0, 0
	for _, m := range readAll(t, mustOpen(t, file)) {
		if received += len(m.Notifications); len(m.Notifications) > maxPending || m.Dropped > 0 {
			t.Error(len(m.Notifications), m.Dropped)
		}
		if m.Snapshot != nil {
			snapshots++
		}
	}
	if received != n*maxNotifications || snapshots != 2 {
		t.Errorf("%d notices of %d, %d snapshots", received, n*maxNotifications, snapshots)
	}
	c := &mustOpen(t, file).cursor
	if err := c.advance(1); err != nil {
		t.Fatal(err)
	}
	if all, lost := c.drain(nil); len(all) > maxPending || len(all)+lost != n*maxNotifications {
		t.Error(len(all), lost)
	}
}
