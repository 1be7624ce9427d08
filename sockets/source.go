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

// Source reads sockets, from the running kernel or from a recording. It is used by
// one goroutine at a time.
type Source interface {
	// Read fills into with the present sockets and reuses its memory. Partial results
	// are reported in into.Warnings, not as an error.
	Read(ctx context.Context, into *Snapshot) error
	// Close releases the resources of the source.
	Close() error
}

// Snapshot is the result of one read.
type Snapshot struct {
	Time    time.Time
	Sockets []Socket
	// Processes are the owners by PID. The map is shared between snapshots and never
	// changed.
	Processes  map[int32]*process.Process
	Users      map[uint32]untrusted.Text // names of the sockets' users; shared, never changed
	Interfaces map[uint32]untrusted.Text // names of network interfaces; shared, never changed
	Addresses  []netip.Addr              // this machine's own addresses
	// AddressInterfaces are the names of the network interfaces that have them, as far
	// as known; shared, never changed.
	AddressInterfaces map[netip.Addr]untrusted.Text
	Ephemeral         PortRange // the range of automatically assigned ports
	Warnings          []Warning
	Source            string // "sock_diag", "netstat", "iphlpapi" or "pcblist_n"
}

// Process returns the owner with that PID, or nil.
func (s *Snapshot) Process(pid int32) *process.Process { return s.Processes[pid] }

// IsLocal reports whether an address is one of this machine.
func (s *Snapshot) IsLocal(addr netip.Addr) bool {
	return addr.IsLoopback() || slices.Contains(s.Addresses, addr)
}

// Warning describes data that is missing from a snapshot, for users to read.
type Warning struct {
	Kind  WarningKind
	Count int    // how many of what Kind is about, 0 if unknown
	Text  string // one line: what is missing, then what to do
}

// WarningKind is the kind of a Warning.
type WarningKind uint8

// The kinds of warning.
const (
	OwnersHidden     WarningKind = iota + 1 // sockets without a known owner, of other users
	OwnersUnreadable                        // sockets without a known owner, of processes that hide their descriptors
	FallbackSource                          // not sock_diag: the table has less data
	TableIncomplete                         // a dump was interrupted repeatedly or was truncated
	RecordingFailed                         // a recording could not be written, or not be read to its end
	OwnersElsewhere                         // sockets without a known owner, of processes in another PID namespace
)

// ErrUnsupported is returned on systems whose socket tables lotop cannot read.
var ErrUnsupported = errors.New("reading socket tables on " + runtime.GOOS + " is not supported")
