// Package recording keeps what a source of sockets told, in a file, and plays
// it back as a source.
//
// It knows nothing of the kernel, of what the rows mean, and of screens.
//
// # The format, version 1
//
// A recording is JSON lines within zstd frames. The first line is the header:
//
//	{"format":"lotop recording","version":1,"started":"2026-03-01T12:00:00Z","os":"linux","redacted":false}
//
// Every other line is an object whose first key tells what it is and when it
// was, in nanoseconds since 1970.
//
// "snapshot" is one look at the tables, written as what is new against the
// snapshot before. With "key" it is written in full, as the first of a zstd
// frame: from there on nothing before it is needed. Its other keys, in this
// order, each absent if there is nothing to say:
//
//	cgroups    entries added to the list that "cgroup" counts in, from 1; a key snapshot begins a new list
//	from       the name of the source
//	ephemeral  [first, last]
//	addresses  this machine's own, all of them
//	warnings   all of them
//	users      names that came or changed: [{"id":1000,"name":"ada"}]
//	devices    the same
//	processes  those that came or changed
//	ended      {"users":[…],"devices":[…],"processes":[…]}: what is not there any more
//	table      how to build this table: triples of a place in the table before, how many sockets to take
//	           from there, and how many to take from rows after them; absent if all of it stays
//	rows       sockets that came or changed, see socketLine
//	timers     a socket that stays and has a timer is expected to have that much less to wait as time has
//	           passed, at least 0; here is how far off that was, in milliseconds, for each such socket, in
//	           the order of the new table; absent if nowhere
//
// "notices" are sockets that the kernel said have ended: "closed" lists them,
// "lost" counts those of which it could not tell.
//
// Text is a string, or {"base64":"…"} where it is no valid UTF-8. Unknown keys
// are passed over; whatever an older lotop would misread needs a new version.
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

// The limits of what is written, and of what is believed of a file.
const (
	maxLine      = 32 << 20  // bytes
	maxSockets   = 1 << 18   // in a table
	maxEntries   = 1 << 18   // processes, users, devices, cgroups, notices of one line
	maxSnapshots = 1 << 20   // 12 days at one a second
	maxWindow    = 8 << 20   // of zstd, in bytes
	maxHeld      = 256 << 20 // what a table and the line under way take in memory, in bytes
	maxPiped     = 256 << 20 // of a recording that cannot be read at any place, in bytes
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
