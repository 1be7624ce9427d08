// Package portlist makes the rows of the Ports view: one for each port and owner, with
// the programs that are connected to it.
package portlist

import (
	"lotop/model"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/sockets/process"
)

// Place is where a port listens.
type Place uint8

// The places.
const (
	OneAddress Place = iota // the address of its socket
	Localhost               // 127.0.0.1 and ::1
	Every                   // every IPv4 and IPv6 address
	Every4                  // every IPv4 address
	Every6                  // every IPv6 address
)

// String returns the value used in JSON.
func (p Place) String() string {
	switch p {
	case Localhost:
		return "localhost"
	case Every:
		return "every"
	case Every4:
		return "every4"
	case Every6:
		return "every6"
	}
	return "address"
}

// Kind is what a row of the view is.
type Kind uint8

// The kinds.
const (
	Port       Kind = iota // a port that is listened on or bound
	Program                // a process with connections to ports without a listener here
	Connection             // a connection of the row above
	Heading                // what the rows below have in common; its socket is that of the first
)

// Row is a row of the Ports view.
type Row struct {
	// Row is that of the first socket: of a port its listener, of a program its first
	// connection.
	model.Row
	Kind  Kind
	Place Place
	// Twins are the other sockets of the port, which have the same owner and equal
	// reach: 127.0.0.1 and ::1, or 0.0.0.0 and ::, or several with SO_REUSEPORT.
	Twins []model.Row
	// Clients are the programs that are connected, those with most connections first;
	// of a program's row, those to which it is connected.
	Clients []Client
	// Connections counts them, without TIME_WAIT.
	Connections int
	// TimeWait counts the closed connections to the port number, at any address, that
	// only wait (TIME_WAIT), whether they match or not.
	TimeWait int
	// Measurable are the sockets at this end of the connections, none if there are more
	// than MaxMeasured.
	Measurable []sockets.ID
	// Alone reports whether a connection does not belong to the row above.
	Alone bool
	// Opened reports whether the connections follow in rows of their own, of a heading
	// whether its rows do.
	Opened bool
	// Title is what the rows below a heading have in common, Ports how many they are.
	Title string
	Ports int
	// Tracer is the process that debugs the owner, nil if there is none.
	Tracer *process.Process
}

// Client is a program at the other end of connections.
type Client struct {
	// Row is one of its connections, and Process who has the other end; nil if unknown.
	Row     model.Row
	Process *process.Process
	Count   int  // connections
	New     bool // one of them has just opened
}

// TimeWait counts the closed connections on a port that only wait (TIME_WAIT).
type TimeWait struct {
	Port  uint16
	Count int
}

// Options selects and orders rows.
type Options struct {
	AllHosts bool // include connections to other machines
	TimeWait bool // include TIME_WAIT sockets as rows
	Unfold   bool // show the connections of every row
	// Opened and Folded are rows, by any of their keys, whose connections are shown or
	// hidden whatever else holds.
	Opened, Folded map[uint64]bool
	// Match selects rows, nil for all. A port is listed if one of its sockets or
	// connections matches.
	Match func(*model.Row) bool
	Order model.Order
}

// List is the content of the Ports view.
type List struct {
	Rows     []Row
	TimeWait []TimeWait // of the rows that match, those with most first
	Counts   track.Counts
}

// MaxMeasured is up to how many connections of a row the traffic is worth measuring: each
// costs a request to the kernel.
const MaxMeasured = 256

// maxNew is how many new connections of a port are shown without being asked for.
const maxNew = 3

// Make returns the rows of the newest snapshot of a tracker. They point into it.
func Make(tr *track.Tracker, o Options) List {
	b := newBuilder(&o)
	counts := tr.Visit(o.AllHosts, b.add)
	rows := b.rows(tr)
	return List{Rows: rows, TimeWait: b.timeWaits(), Counts: counts}
}

// Keys returns what identifies the row: the IDs of its sockets, or of a program its PID
// with a bit that no ID has.
func (r *Row) Keys() (keys [2]uint64) {
	switch r.Kind {
	case Program:
		return [2]uint64{programKey(r)}
	case Heading:
		return [2]uint64{HeadingKey(r.Title)}
	}
	keys[0] = uint64(r.Socket.ID)
	switch {
	case r.Kind == Connection && r.Folded:
		keys[1] = uint64(r.Peer.ID)
	case len(r.Twins) > 0:
		keys[1] = uint64(r.Twins[0].Socket.ID)
	}
	return keys
}

// programBit is set in the keys of programs. Cookies are counted up from 1 by each
// processor, and the IDs of other systems are hashes without this bit.
const programBit = 1 << 63

func programKey(r *Row) uint64 {
	for _, o := range r.Socket.Owners {
		return programBit | uint64(uint32(o.PID))
	}
	return programBit | uint64(r.Socket.UID)<<32
}

// HasKey reports whether a key is one of the row's.
func (r *Row) HasKey(key uint64) bool {
	switch r.Kind {
	case Program:
		return programKey(r) == key
	case Heading:
		return HeadingKey(r.Title) == key
	}
	if r.Has(sockets.ID(key)) {
		return true
	}
	for i := range r.Twins {
		if uint64(r.Twins[i].Socket.ID) == key {
			return true
		}
	}
	return false
}

// Exposed reports whether other machines reach one of the sockets.
func (r *Row) Exposed() bool {
	if r.Row.Exposed() {
		return true
	}
	for i := range r.Twins {
		if r.Twins[i].Exposed() {
			return true
		}
	}
	return false
}
