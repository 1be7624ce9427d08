package sockets

import (
	"context"
	"errors"
	"net/netip"
	"runtime"
	"slices"
	"time"

	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// Source is where sockets come from: the live kernel, or a recording that
// plays back. A Source is used by one goroutine at a time.
type Source interface {
	// Read fills into with the sockets as they are now, reusing its memory.
	// What could be read only in part is told by into.Warnings, not by an
	// error.
	Read(ctx context.Context, into *Snapshot) error
	// Close gives back what the source holds.
	Close() error
}

// Snapshot is what a Source saw at one moment.
type Snapshot struct {
	Time    time.Time
	Sockets []Socket
	// Processes are the owners, by pid. The map is shared between snapshots
	// and never changed.
	Processes  map[int32]*process.Process
	Users      map[uint32]untrusted.Text // names of the sockets' users; shared, never changed
	Interfaces map[uint32]untrusted.Text // names of network interfaces; shared, never changed
	Addresses  []netip.Addr              // this machine's own addresses
	Ephemeral  PortRange                 // what this system hands out by itself
	Warnings   []Warning
	Source     string // the source's name: "sock_diag", "netstat" or "iphlpapi"
}

// Process returns the process with that pid, or nil.
func (s *Snapshot) Process(pid int32) *process.Process { return s.Processes[pid] }

// IsLocal reports whether an address is one of this machine's.
func (s *Snapshot) IsLocal(addr netip.Addr) bool {
	return addr.IsLoopback() || slices.Contains(s.Addresses, addr)
}

// Warning is a part of the truth that is missing, in words for a person.
type Warning struct {
	Kind  WarningKind
	Count int    // of what Kind counts, 0 if nothing is counted
	Text  string // one line: what is missing, then what to do
}

// WarningKind tells warnings apart.
type WarningKind uint8

// The kinds of warning.
const (
	OwnersHidden     WarningKind = iota + 1 // sockets without owner, held by other users
	OwnersUnreadable                        // sockets without owner, by processes that hide
	FallbackSource                          // not sock_diag: the table is poorer
	TableIncomplete                         // a dump was interrupted again and again
	RecordingFailed                         // a recording could not be written, or not be read to its end
)

// ErrUnsupported says that lotop cannot read this operating system's tables.
var ErrUnsupported = errors.New("reading socket tables on " + runtime.GOOS + " is not supported")
