package model

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"lotop/sockets"
	"lotop/sockets/process"
)

// began is when the first snapshot of a test was taken.
var began = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// literal is a snapshot taken the given number of seconds after began. Each line
// of text is a socket:
//
//	ID PROTOCOL STATE LOCAL [REMOTE] [pid:1,2] [uid:501] [v6] [mapped] [v6only] [dual] [waits] [dev:3]
//
// waits means not accepted yet. Process 10 started ten minutes before began,
// and so on; its name is p10. The machine's own address is 192.168.1.5.
func literal(t testing.TB, seconds float64, text string) *sockets.Snapshot {
	t.Helper()
	s := &sockets.Snapshot{
		Time:       began.Add(time.Duration(seconds * float64(time.Second))),
		Processes:  map[int32]*process.Process{},
		Users:      map[uint32]process.Untrusted{1000: process.NewUntrusted("ada")},
		Interfaces: map[uint32]process.Untrusted{1: process.NewUntrusted("lo"), 2: process.NewUntrusted("eth0")},
		Addresses:  []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("192.168.1.5"), netip.MustParseAddr("fd00::5")},
		Ephemeral:  sockets.PortRange{First: 32768, Last: 60999},
	}
	for line := range strings.Lines(text) {
		if fields := strings.Fields(line); len(fields) > 0 {
			s.Sockets = append(s.Sockets, literalSocket(t, s, fields))
		}
	}
	return s
}

func literalSocket(t testing.TB, in *sockets.Snapshot, fields []string) sockets.Socket {
	t.Helper()
	id, err := strconv.Atoi(fields[0])
	if err != nil || len(fields) < 4 {
		t.Fatalf("%q is no socket", fields)
	}
	s := sockets.Socket{ID: sockets.ID(id), Protocol: sockets.TCP, Local: endOf(fields[3])}
	if fields[1] == "udp" {
		s.Protocol = sockets.UDP
	}
	for _, state := range sockets.States() {
		if state.String() == fields[2] {
			s.State = state
		}
	}
	if s.State == sockets.TimeWait {
		s.NoOwner = sockets.InTimeWait
	}
	s.V6 = s.Local.Addr().Is6()
	for _, f := range fields[4:] {
		literalOption(t, in, &s, f)
	}
	return s
}

func literalOption(t testing.TB, in *sockets.Snapshot, s *sockets.Socket, f string) {
	t.Helper()
	key, value, _ := strings.Cut(f, ":")
	switch key {
	case "pid":
		for text := range strings.SplitSeq(value, ",") {
			pid, err := strconv.Atoi(text)
			if err != nil {
				t.Fatal(err)
			}
			s.Owners = append(s.Owners, sockets.Owner{PID: int32(pid), FD: 3})
			if in.Processes[int32(pid)] == nil {
				in.Processes[int32(pid)] = literalProcess(pid)
			}
		}
	case "uid":
		n, err := strconv.ParseUint(value, 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		s.UID, s.HasUID = uint32(n), true
	case "mapped":
		s.V6, s.V4Mapped = true, true
	case "v6only":
		s.V6Only = sockets.Yes
	case "dual":
		s.V6Only = sockets.No
	case "waits":
		s.NoOwner = sockets.NotAccepted
	case "orphaned":
		s.NoOwner = sockets.Orphaned
	case "dev":
		n, _ := strconv.Atoi(value)
		s.Interface = uint32(n)
	default:
		s.Remote = endOf(f)
	}
}

func literalProcess(pid int) *process.Process {
	return &process.Process{
		PID: pid, Start: uint64(pid), Started: began.Add(-time.Duration(pid) * time.Minute),
		Name: process.NewUntrusted("p" + strconv.Itoa(pid)),
	}
}

// sketch writes a row as "+ 1 tcp LISTEN LOCAL clients=1/0" or, for a
// connection, "  2=3 tcp ESTABLISHED LOCAL < REMOTE via 1", where 3 is the peer
// that the row stands for too, > and < say who connected, and ? that it is a
// guess.
func sketch(r *Row) string {
	s := r.Socket
	var b strings.Builder
	b.WriteString([]string{Unmarked: " ", New: "+", Changed: "~", Closed: "-"}[r.Mark])
	fmt.Fprintf(&b, " %d", s.ID)
	if r.Peer != nil {
		b.WriteString(map[bool]string{true: "=", false: "|"}[r.Folded])
		fmt.Fprint(&b, uint64(r.Peer.ID))
	}
	fmt.Fprintf(&b, " %v %v %v", s.Protocol, s.State, s.Local)
	if s.Connected() {
		b.WriteString(map[bool]string{true: " <", false: " >"}[r.Inbound])
		if r.RoleUnknown {
			b.WriteByte('?')
		}
		fmt.Fprintf(&b, " %v", s.Remote)
	}
	if r.Listener != nil {
		fmt.Fprintf(&b, " via %d", r.Listener.ID)
	}
	if r.Clients != 0 || r.Queued != 0 {
		fmt.Fprintf(&b, " clients=%d/%d", r.Clients, r.Queued)
	}
	return b.String()
}

func sketches(rows []Row) []string {
	var all []string
	for i := range rows {
		all = append(all, sketch(&rows[i]))
	}
	return all
}

// sketchEvents writes events as the kind and the sketch of the row, with the
// state before of changed ones, and how long closed ones have lived.
func sketchEvents(events []Event) []string {
	var all []string
	for i := range events {
		e := &events[i]
		s := e.Kind.String() + " " + strings.TrimLeft(sketch(&e.Row), " +~-")
		if e.OldState != 0 {
			s += " from " + e.OldState.String()
		}
		if e.Lifetime != 0 {
			s += " lived " + e.Lifetime.String()
		}
		if e.ShortLived {
			s += " unseen"
		}
		all = append(all, s)
	}
	return all
}

// text takes a raw string apart into lines, without indentation.
func text(s string) []string {
	var all []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// trackerFixture is a Monitor with the events of its last snapshot.
type trackerFixture struct {
	*Tracker
	events []Event
}

// watch advances a new Monitor by literal snapshots, a second apart.
func watch(t testing.TB, snaps ...string) *trackerFixture {
	t.Helper()
	w := &trackerFixture{Tracker: NewMonitor()}
	for i, s := range snaps {
		w.events = w.Update(literal(t, float64(i), s))
	}
	return w
}

func (w *trackerFixture) rows(shape ListOptions) []string {
	rows, _ := w.Rows(nil, shape)
	return sketches(rows)
}

// trimmed drops what marks and indentation add to sketches.
func trimmed(all []string) []string {
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return all
}
