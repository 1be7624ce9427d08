package recording

import (
	"errors"
	"maps"
	"math"
	"slices"
	"time"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

var errDelta = errors.New("delta does not apply to the previous snapshot")

// table is the snapshot that the lines read so far result in.
type table struct {
	snap    sockets.Snapshot
	spare   []sockets.Socket // memory of the previous table
	cgroups []*process.Cgroup
	limit   int // of used, maxMemory but for tests
	used    int // upper bound of the memory, in bytes, of the lines since the last keyframe
}

// room returns how many bytes of memory a line may take; key says whether it
// is a keyframe.
func (t *table) room(key bool) int {
	if key {
		return t.limit
	}
	return t.limit - t.used
}

// apply applies a parsed line to the table.
func (t *table) apply(p *delta) error {
	t.cgroups = p.knownCgroups
	t.used += p.cost
	if !p.snapshot {
		return nil
	}
	if p.keyframe {
		t.used = p.cost
		t.snap = sockets.Snapshot{Time: t.snap.Time, Sockets: t.snap.Sockets[:0]}
	}
	if err := t.rebuild(p); err != nil {
		return err
	}
	t.snap.Time = fromNano(p.time)
	if p.source != nil {
		t.snap.Source = string(*p.source)
	}
	if e := p.ephemeral; e != nil {
		t.snap.Ephemeral = sockets.PortRange{First: e[0], Last: e[1]}
	}
	if p.addresses != nil {
		t.snap.Addresses = *p.addresses
	}
	if p.interfaces != nil {
		t.snap.AddressInterfaces = p.interfaces
	}
	if p.warnings != nil {
		t.snap.Warnings = *p.warnings
	}
	t.snap.Users = updateNames(t.snap.Users, p.users, p.removed.Users)
	t.snap.Interfaces = updateNames(t.snap.Interfaces, p.devices, p.removed.Devices)
	if len(p.processes)+len(p.removed.Processes) > 0 {
		t.snap.Processes = cloneMap(t.snap.Processes)
		for _, pid := range p.removed.Processes {
			delete(t.snap.Processes, pid)
		}
		maps.Copy(t.snap.Processes, p.processes)
	}
	if n := len(t.snap.Processes) + len(t.snap.Users) + len(t.snap.Interfaces); n > 3*maxEntries {
		return errLimit
	}
	return nil
}

// cloneMap returns a map that may be changed: snapshots that were returned
// before share the old one.
func cloneMap[K comparable, V any](m map[K]V) map[K]V {
	if m == nil {
		return map[K]V{}
	}
	return maps.Clone(m)
}

func updateNames(names map[uint32]untrusted.Text, added []nameLine, removed []uint32) map[uint32]untrusted.Text {
	if len(added)+len(removed) == 0 {
		return names
	}
	names = cloneMap(names)
	for _, id := range removed {
		delete(names, id)
	}
	for _, l := range added {
		names[l.ID] = l.Name.untrusted()
	}
	return names
}

// rebuild builds the table of sockets.
func (t *table) rebuild(p *delta) error {
	clock := timers{drift: p.timers}
	if !t.snap.Time.IsZero() {
		clock.elapsed = elapsedMS(t.snap.Time.UnixNano(), p.time)
	}
	before := t.snap.Sockets
	if !p.hasRuns {
		if len(p.rows) > 0 {
			return errDelta
		}
		return clock.advance(before)
	}
	now, rows, size := t.spare[:0], p.rows, 0
	for run := range slices.Chunk(p.runs, 3) {
		if len(run) != 3 {
			return errDelta
		}
		from, kept, added := run[0], run[1], run[2]
		if from < 0 || kept < 0 || added < 0 || from > int64(len(before)) || kept > int64(len(before))-from || added > int64(len(rows)) {
			return errDelta
		}
		if size = len(now) + int(kept+added); size > maxSockets || copies*socketSize*size+t.used > t.limit+t.limit/4 {
			return errLimit
		}
		start := len(now)
		now = append(now, before[from:from+kept]...)
		if err := clock.advance(now[start:]); err != nil {
			return err
		}
		now = append(now, rows[:added]...)
		rows = rows[added:]
	}
	if len(rows) > 0 || len(clock.drift) > 0 {
		return errDelta
	}
	t.snap.Sockets, t.spare = now, before
	return nil
}

// timers advances the timers of sockets.
type timers struct {
	elapsed int64   // milliseconds
	drift   []int64 // correction of each timer, none if all are 0
	used    bool
}

func (t *timers) advance(all []sockets.Socket) error {
	for i := range all {
		s := &all[i]
		if s.Timer == sockets.NoTimer {
			continue
		}
		now := remainingMS(s.TimerLeft, t.elapsed)
		if len(t.drift) > 0 {
			now += t.drift[0]
			t.drift, t.used = t.drift[1:], true
		} else if t.used {
			return errDelta
		}
		if now < 0 || now > math.MaxUint32 {
			return errDelta
		}
		s.TimerLeft = time.Duration(now) * time.Millisecond
	}
	return nil
}

// fill copies the table into a snapshot that the caller may change.
func (t *table) fill(into *sockets.Snapshot) {
	all, warnings := into.Sockets, into.Warnings
	*into = t.snap
	into.Sockets = append(all[:0], t.snap.Sockets...)
	into.Warnings = append(warnings[:0], t.snap.Warnings...)
}
