// Package recording records what a source of sockets returns to a file, and
// replays it as a source.
//
// It depends neither on the kernel nor on the front ends, and does not interpret
// the rows.
//
// # The format, version 1
//
// A recording is JSON lines within zstd frames. The first line is the header:
//
//	{"format":"lotop recording","version":1,"started":"2026-03-01T12:00:00Z","os":"linux","redacted":false}
//
// Every other line is an object whose first key is its type, and the value of
// that key its time, in nanoseconds since 1970.
//
// "snapshot" is one read of the tables, as the difference from the snapshot
// before. With "key" it is a keyframe: complete, and the first of a zstd frame,
// so that no line before it is needed. Its other keys, in this order, each
// absent if unchanged or empty:
//
//	cgroups    entries added to the list that "cgroup" indexes, from 1; a keyframe starts a new list
//	from       the name of the source
//	ephemeral  [first, last]
//	addresses  all addresses of this machine
//	interfaces the network interfaces that have them: [{"address":"192.168.1.5","name":"eth0"}]
//	warnings   all warnings
//	users      added or changed names: [{"id":1000,"name":"ada"}]
//	devices    the same for network interfaces
//	processes  added or changed processes
//	ended      {"users":[…],"devices":[…],"processes":[…]}: removed entries
//	table      how to build this table: triples of a position in the previous table, how many sockets to copy
//	           from there, and how many to append from rows after them; absent if the table is the same
//	rows       added or changed sockets, see socketLine
//	timers     the expected timer of an unchanged socket is its previous value less the time that has passed,
//	           at least 0; this is the difference of the real value from it, in milliseconds, for each such
//	           socket with a timer, in the order of the new table; absent if all are 0
//
// "notices" are destroy notifications of the kernel: "closed" lists the closed
// sockets, "lost" counts the notifications that were lost.
//
// Text is a string, or {"base64":"…"} if it is not valid UTF-8. Unknown keys
// are ignored; a change that an older lotop would misread needs a new version.
package recording

import (
	"encoding/json"
	"errors"
	"time"
)

const (
	formatName    = "lotop recording"
	formatVersion = 1
)

// The limits of a recording, both when writing and when reading one.
const (
	maxLine      = 32 << 20  // bytes
	maxSockets   = 1 << 18   // in a table
	maxEntries   = 1 << 18   // processes, users, devices or cgroups, each
	maxSnapshots = 1 << 20   // 12 days at one a second
	maxWindow    = 8 << 20   // of zstd, in bytes
	maxMemory    = 256 << 20 // memory of a table and the current line, in bytes
	maxPiped     = 256 << 20 // of a recording that is read from a pipe, in bytes
)

var (
	errNotRecording = errors.New("not a lotop recording")
	errLine         = errors.New("invalid line")
	errLimit        = errors.New("exceeds the limits of a recording")
	errLineLength   = errors.New("line too long")
)

// header is the first line.
type header struct {
	Format   string    `json:"format"`
	Version  int       `json:"version"`
	Started  time.Time `json:"started"`
	OS       string    `json:"os"`
	Redacted bool      `json:"redacted"`
}

func appendHeader(b []byte, h header) []byte {
	line, err := json.Marshal(h)
	if err != nil {
		panic("recording: header: " + err.Error()) // a year beyond 9999
	}
	return append(append(b, line...), '\n')
}
