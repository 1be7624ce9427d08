package recording

import (
	"encoding/json"
	"maps"
	"net/netip"
	"slices"
	"strconv"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// encoder encodes snapshots as lines, each as the difference from the one
// before.
type encoder struct {
	redact     bool
	executable func(*process.Process) untrusted.Text // see Options

	last       sockets.Snapshot // as written; its sockets are a copy
	cgroups    map[process.Cgroup]int
	newCgroups []cgroupLine // those that the current line adds

	// Scratch memory.
	body      []byte
	rows      []byte
	runs      []int64
	timers    []int64
	positions map[sockets.ID]int32
}

// reset makes the next snapshot a keyframe.
func (a *encoder) reset() {
	kept := a.last.Sockets
	clear(kept)
	a.last = sockets.Snapshot{Sockets: kept[:0]}
	a.cgroups = map[process.Cgroup]int{}
}

// appendSnapshot appends the line of a snapshot.
func (a *encoder) appendSnapshot(b []byte, s *sockets.Snapshot, key bool) []byte {
	if key {
		a.reset()
	}
	body := a.body[:0]
	body = a.appendMeta(body, s)
	body = a.appendNames(body, s)
	body = a.appendTable(body, s)
	a.body = body

	b = append(b, `{"snapshot":`...)
	b = strconv.AppendInt(b, s.Time.UnixNano(), 10)
	if key {
		b = append(b, `,"key":true`...)
	}
	b = a.appendNewCgroups(b)
	b = append(b, body...)
	return append(b, "}\n"...)
}

// appendNewCgroups appends the cgroups that the rest of the line refers to.
func (a *encoder) appendNewCgroups(b []byte) []byte {
	if len(a.newCgroups) > 0 {
		b = appendValue(b, "cgroups", a.newCgroups)
		a.newCgroups = a.newCgroups[:0]
	}
	return b
}

// cgroupNumber returns the number of a cgroup, 0 for none.
func (a *encoder) cgroupNumber(c *process.Cgroup) int {
	if c == nil {
		return 0
	}
	n, ok := a.cgroups[*c]
	if !ok {
		if a.cgroups == nil {
			a.cgroups = map[process.Cgroup]int{}
		}
		n = len(a.cgroups) + 1
		a.cgroups[*c] = n
		said := *c
		if a.redact {
			said = redactCgroupPath(said)
		}
		a.newCgroups = append(a.newCgroups, newCgroupLine(&said))
	}
	return n
}

// appendValue appends a key and its value, whose type can always be
// marshaled.
func appendValue(b []byte, key string, value any) []byte {
	v, err := json.Marshal(value)
	if err != nil {
		panic("recording: " + key + ": " + err.Error())
	}
	b = append(b, `,"`...)
	b = append(b, key...)
	b = append(b, `":`...)
	return append(b, v...)
}

// warningLine is a [sockets.Warning].
type warningLine struct {
	Kind  uint8 `json:"kind"`
	Count int   `json:"count,omitempty"`
	Text  text  `json:"text"`
}

func (a *encoder) appendMeta(b []byte, s *sockets.Snapshot) []byte {
	last := &a.last
	if s.Source != last.Source {
		b = appendValue(b, "from", text(s.Source))
	}
	if s.Ephemeral != last.Ephemeral {
		b = appendValue(b, "ephemeral", [2]uint16{s.Ephemeral.First, s.Ephemeral.Last})
	}
	if !slices.Equal(s.Addresses, last.Addresses) {
		b = appendValue(b, "addresses", append([]netip.Addr{}, s.Addresses...))
	}
	if !maps.Equal(s.AddressInterfaces, last.AddressInterfaces) {
		b = appendValue(b, "interfaces", interfaceLines(s.AddressInterfaces))
	}
	if !slices.Equal(s.Warnings, last.Warnings) {
		lines := []warningLine{}
		for _, w := range s.Warnings {
			lines = append(lines, warningLine{uint8(w.Kind), w.Count, text(w.Text)})
		}
		b = appendValue(b, "warnings", lines)
	}
	last.Source, last.Ephemeral = s.Source, s.Ephemeral
	last.Addresses = append(last.Addresses[:0], s.Addresses...)
	last.AddressInterfaces = s.AddressInterfaces
	last.Warnings = append(last.Warnings[:0], s.Warnings...)
	return b
}

// nameLine is an entry of the users or devices.
type nameLine struct {
	ID   uint32 `json:"id"`
	Name text   `json:"name"`
}

// removedLine lists removed entries.
type removedLine struct {
	Users     []uint32 `json:"users,omitempty"`
	Devices   []uint32 `json:"devices,omitempty"`
	Processes []int32  `json:"processes,omitempty"`
}

func (a *encoder) appendNames(b []byte, s *sockets.Snapshot) []byte {
	var removed removedLine
	var added []uint32
	last := &a.last
	if added, removed.Users = diffMaps(last.Users, s.Users, equal); len(added) > 0 {
		b = appendValue(b, "users", nameLines(added, s.Users, a.redact))
	}
	if added, removed.Devices = diffMaps(last.Interfaces, s.Interfaces, equal); len(added) > 0 {
		b = appendValue(b, "devices", nameLines(added, s.Interfaces, false))
	}
	var pids []int32
	if pids, removed.Processes = diffMaps(last.Processes, s.Processes, sameProcess); len(pids) > 0 {
		b = appendValue(b, "processes", a.processLines(pids, s.Processes))
	}
	if len(removed.Users)+len(removed.Devices)+len(removed.Processes) > 0 {
		b = appendValue(b, "ended", removed)
	}
	last.Users, last.Interfaces, last.Processes = s.Users, s.Interfaces, s.Processes
	return b
}

func nameLines(ids []uint32, names map[uint32]untrusted.Text, redact bool) []nameLine {
	lines := make([]nameLine, len(ids))
	for i, id := range ids {
		lines[i] = nameLine{id, textOf(names[id])}
		if redact {
			lines[i].Name = redactedText
		}
	}
	return lines
}

func (a *encoder) processLines(pids []int32, all map[int32]*process.Process) []processLine {
	lines := make([]processLine, len(pids))
	for i, pid := range pids {
		p := all[pid]
		if a.redact {
			p = a.redactProcess(p)
		}
		lines[i] = newProcessLine(pid, p)
		if p.Cgroup != (process.Cgroup{}) {
			lines[i].Cgroup = a.cgroupNumber(&p.Cgroup)
		}
	}
	return lines
}
