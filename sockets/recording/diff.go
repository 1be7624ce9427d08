package recording

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"time"

	"lotop/sockets"
	"lotop/sockets/process"
)

// diffMaps returns the keys that were added or have another value, and those
// that were removed, each in order. Snapshots share unchanged maps, so
// comparing the pointers is mostly enough.
func diffMaps[K cmp.Ordered, V any](before, now map[K]V, same func(V, V) bool) (added, removed []K) {
	if reflect.ValueOf(before).Pointer() == reflect.ValueOf(now).Pointer() {
		return nil, nil
	}
	for k, v := range now {
		if old, ok := before[k]; !ok || !same(old, v) {
			added = append(added, k)
		}
	}
	if len(before) != len(now)-len(added) {
		for k := range maps.Keys(before) {
			if _, ok := now[k]; !ok {
				removed = append(removed, k)
			}
		}
	}
	slices.Sort(added)
	slices.Sort(removed)
	return added, removed
}

func equal[V comparable](a, b V) bool { return a == b }

func sameProcess(a, b *process.Process) bool {
	return a == b || a.PID == b.PID && a.Parent == b.Parent && a.Start == b.Start && a.Started.Equal(b.Started) &&
		a.State == b.State && a.Tracee == b.Tracee && a.Orphaned == b.Orphaned && a.UID == b.UID && a.Account == b.Account && a.Name == b.Name &&
		a.Command == b.Command &&
		a.Cgroup == b.Cgroup && slices.Equal(a.Args, b.Args)
}

// sameSocket reports whether nothing changed except the remaining time of a
// timer.
func sameSocket(a, b *sockets.Socket) bool {
	return a.ID == b.ID && a.State == b.State && a.RecvQueue == b.RecvQueue && a.SendQueue == b.SendQueue &&
		a.Timer == b.Timer && (a.TimerLeft == b.TimerLeft || a.Timer != sockets.NoTimer) &&
		a.Inode == b.Inode && a.NoOwner == b.NoOwner && a.UID == b.UID && a.Interface == b.Interface &&
		a.Protocol == b.Protocol && a.V6Only == b.V6Only && a.HasUID == b.HasUID && a.HasQueue == b.HasQueue &&
		a.V6 == b.V6 && a.V4Mapped == b.V4Mapped && sameOwners(a.Owners, b.Owners) && sameCgroup(a.Cgroup, b.Cgroup) &&
		a.Local == b.Local && a.Remote == b.Remote
}

func sameOwners(a, b []sockets.Owner) bool {
	if len(a) != len(b) {
		return false
	}
	return len(a) == 0 || &a[0] == &b[0] || slices.Equal(a, b)
}

func sameCgroup(a, b *process.Cgroup) bool {
	return a == b || a != nil && b != nil && *a == *b
}

// appendTable appends how to build the table of s from the last one, and
// stores it as the last.
func (a *encoder) appendTable(b []byte, s *sockets.Snapshot) []byte {
	passed := elapsedMS(a.last.Time.UnixNano(), s.Time.UnixNano())
	a.rows, a.runs, a.timers = a.rows[:0], a.runs[:0], a.timers[:0]
	off, expected, searching := false, 0, false
	before := a.last.Sockets
	for i := range s.Sockets {
		now := &s.Sockets[i]
		place := expected
		if place >= len(before) || before[place].ID != now.ID {
			if !searching {
				a.indexPositions()
				searching = true
			}
			place = a.position(now.ID)
		}
		if place < 0 || !sameSocket(&before[place], now) {
			a.appendRow(now)
		} else {
			a.appendRun(place)
			if now.Timer != sockets.NoTimer {
				drift := now.TimerLeft.Milliseconds() - remainingMS(before[place].TimerLeft, passed)
				a.timers = append(a.timers, drift)
				off = off || drift != 0
			}
		}
		if place >= 0 {
			expected = place + 1
		}
	}
	unmoved := a.tableUnchanged(len(s.Sockets))
	if !unmoved {
		b = appendInts(b, "table", a.runs)
	}
	if len(a.rows) > 0 {
		b = append(append(append(b, `,"rows":[`...), a.rows...), ']')
	}
	if off {
		b = appendInts(b, "timers", a.timers)
	}
	a.last.Time = s.Time
	if !unmoved || len(a.timers) > 0 {
		a.last.Sockets = append(before[:0], s.Sockets...)
		if n := len(s.Sockets); n < len(before) {
			clear(before[n:])
		}
	}
	return b
}

// tableUnchanged reports whether the table has the same sockets as before, in
// the same order.
func (a *encoder) tableUnchanged(n int) bool {
	if n != len(a.last.Sockets) {
		return false
	}
	return n == 0 || len(a.runs) == 3 && a.runs[0] == 0 && a.runs[1] == int64(n)
}

// indexPositions indexes the position of each socket in the last table.
func (a *encoder) indexPositions() {
	if a.positions == nil {
		a.positions = make(map[sockets.ID]int32, len(a.last.Sockets))
	}
	clear(a.positions)
	for i := range a.last.Sockets {
		a.positions[a.last.Sockets[i].ID] = int32(i)
	}
}

func (a *encoder) position(id sockets.ID) int {
	if i, ok := a.positions[id]; ok {
		return int(i)
	}
	return -1
}

// appendRun adds one socket of the last table to the runs.
func (a *encoder) appendRun(place int) {
	if n := len(a.runs); n > 0 && a.runs[n-1] == 0 && a.runs[n-3]+a.runs[n-2] == int64(place) {
		a.runs[n-2]++
		return
	}
	a.runs = append(a.runs, int64(place), 1, 0)
}

func (a *encoder) appendRow(s *sockets.Socket) {
	if len(a.runs) == 0 {
		a.runs = append(a.runs, 0, 0, 0)
	}
	a.runs[len(a.runs)-1]++
	if len(a.rows) > 0 {
		a.rows = append(a.rows, ',')
	}
	a.rows = appendSocket(a.rows, s, a.cgroupNumber(s.Cgroup))
}

// elapsedMS returns by how much timers advanced between two times in
// nanoseconds, 0 if the clock was set back.
func elapsedMS(before, now int64) int64 {
	return max(0, now-before) / int64(time.Millisecond)
}

// remainingMS returns the expected value of a timer after so many
// milliseconds.
func remainingMS(timer time.Duration, passed int64) int64 { return max(0, timer.Milliseconds()-passed) }

func appendInts(b []byte, key string, all []int64) []byte {
	b = append(b, `,"`...)
	b = append(b, key...)
	b = append(b, `":[`...)
	for i, n := range all {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, n, 10)
	}
	return append(b, ']')
}
