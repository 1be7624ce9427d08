package recording

import (
	"errors"
	"maps"
	"math"
	"slices"

	"lotop/sockets"
	"lotop/sockets/process"
)

var errTable = errors.New("delta does not apply to the previous snapshot")

// table is the snapshot that lines have led to so far.
type table struct {
	snap    sockets.Snapshot
	spare   []sockets.Socket // memory of the table before
	cgroups []*process.Cgroup
	held    int // bytes that the lines since the last key snapshot have taken in memory, at most
}

// room is how many bytes a line may take in memory, a key snapshot or another.
func (t *table) room(key bool) int {
	if key {
		return maxHeld
	}
	return maxHeld - t.held
}

// apply makes the table what a snapshot line says.
func (t *table) apply(p *patch) error {
	t.cgroups = p.knownCgroups
	t.held += p.cost
	if !p.snapshot {
		return nil
	}
	if p.key {
		t.held = p.cost
		t.snap = sockets.Snapshot{Time: t.snap.Time, Sockets: t.snap.Sockets[:0]}
	}
	if err := t.move(p); err != nil {
		return err
	}
	t.snap.Time = fromNano(p.time)
	if p.from != nil {
		t.snap.Source = string(*p.from)
	}
	if e := p.ephemeral; e != nil {
		t.snap.Ephemeral = sockets.PortRange{First: e[0], Last: e[1]}
	}
	if p.addresses != nil {
		t.snap.Addresses = *p.addresses
	}
	if p.warnings != nil {
		t.snap.Warnings = *p.warnings
	}
	t.snap.Users = rename(t.snap.Users, p.users, p.ended.Users)
	t.snap.Interfaces = rename(t.snap.Interfaces, p.devices, p.ended.Devices)
	if len(p.processes)+len(p.ended.Processes) > 0 {
		t.snap.Processes = renew(t.snap.Processes)
		for _, pid := range p.ended.Processes {
			delete(t.snap.Processes, pid)
		}
		maps.Copy(t.snap.Processes, p.processes)
	}
	if n := len(t.snap.Processes) + len(t.snap.Users) + len(t.snap.Interfaces); n > 3*maxNamed {
		return errTooMuch
	}
	return nil
}

// renew returns a map that may be changed: snapshots that were handed out share
// the one before.
func renew[K comparable, V any](m map[K]V) map[K]V {
	if m == nil {
		return map[K]V{}
	}
	return maps.Clone(m)
}

func rename(names map[uint32]process.Untrusted, came []nameLine, gone []uint32) map[uint32]process.Untrusted {
	if len(came)+len(gone) == 0 {
		return names
	}
	names = renew(names)
	for _, id := range gone {
		delete(names, id)
	}
	for _, l := range came {
		names[l.ID] = l.Name.clean()
	}
	return names
}

// move builds the table of sockets.
func (t *table) move(p *patch) error {
	clock := timers{late: p.timers}
	if !t.snap.Time.IsZero() {
		clock.passed = milliseconds(t.snap.Time.UnixNano(), p.time)
	}
	before := t.snap.Sockets
	if !p.moved {
		if len(p.rows) > 0 {
			return errTable
		}
		return clock.run(before)
	}
	now, rows, size := t.spare[:0], p.rows, 0
	for run := range slices.Chunk(p.runs, 3) {
		if len(run) != 3 {
			return errTable
		}
		from, kept, came := run[0], run[1], run[2]
		if from < 0 || kept < 0 || came < 0 || from > int64(len(before)) || kept > int64(len(before))-from || came > int64(len(rows)) {
			return errTable
		}
		if size = len(now) + int(kept+came); size > maxSockets || copies*socketSize*size+t.held > maxHeld+maxHeld/4 {
			return errTooMuch
		}
		start := len(now)
		now = append(now, before[from:from+kept]...)
		if err := clock.run(now[start:]); err != nil {
			return err
		}
		now = append(now, rows[:came]...)
		rows = rows[came:]
	}
	if len(rows) > 0 || len(clock.late) > 0 {
		return errTable
	}
	t.snap.Sockets, t.spare = now, before
	return nil
}

// timers lets the timers of sockets go on.
type timers struct {
	passed int64   // milliseconds
	late   []int64 // what is left to add for each timer, none if it is 0 for all
	used   bool
}

func (t *timers) run(all []sockets.Socket) error {
	for i := range all {
		s := &all[i]
		if s.Timer == sockets.NoTimer {
			continue
		}
		now := left(s.TimerLeft, t.passed)
		if len(t.late) > 0 {
			now += t.late[0]
			t.late, t.used = t.late[1:], true
		} else if t.used {
			return errTable
		}
		if now < 0 || now > math.MaxUint32 {
			return errTable
		}
		s.TimerLeft = uint32(now)
	}
	return nil
}

// fill copies the table into a snapshot that its receiver may change.
func (t *table) fill(into *sockets.Snapshot) {
	all, warnings := into.Sockets, into.Warnings
	*into = t.snap
	into.Sockets = append(all[:0], t.snap.Sockets...)
	into.Warnings = append(warnings[:0], t.snap.Warnings...)
}
