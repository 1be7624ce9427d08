package recording

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// file is the output of a recorder; it is full at limit bytes.
type file struct {
	bytes.Buffer
	limit  int
	closed int
}

var errFull = errors.New("no space left on device")

func (f *file) Write(b []byte) (int, error) {
	if f.limit > 0 && f.Len()+len(b) > f.limit {
		n, _ := f.Buffer.Write(b[:max(0, f.limit-f.Len())])
		return n, errFull
	}
	return f.Buffer.Write(b)
}

func (f *file) Close() error { f.closed++; return nil }

// scriptedSource is a source that returns a list of snapshots, in memory that
// is reused as the live source does.
type scriptedSource struct {
	all    []sockets.Snapshot
	closed int
}

func (s *scriptedSource) Read(_ context.Context, into *sockets.Snapshot) error {
	if len(s.all) == 0 {
		return io.EOF
	}
	reused, warnings := into.Sockets[:0], into.Warnings[:0]
	*into = s.all[0]
	into.Sockets = append(reused, s.all[0].Sockets...)
	into.Warnings = append(warnings, s.all[0].Warnings...)
	s.all = s.all[1:]
	return nil
}

func (s *scriptedSource) Close() error { s.closed++; return nil }

// record records snapshots, and notifications after the snapshots given by
// index.
func record(t testing.TB, o Options, all []sockets.Snapshot, notices map[int][]sockets.DestroyNotification) *file {
	t.Helper()
	f := &file{}
	r := Record(&scriptedSource{all: all}, f, o)
	var snap sockets.Snapshot
	for i := range all {
		if err := r.Read(t.Context(), &snap); err != nil {
			t.Fatal(err)
		}
		if n := notices[i]; n != nil {
			r.WriteNotifications(n, i)
		}
	}
	if err := r.Close(); err != nil || f.closed != 1 {
		t.Fatal(err, f.closed)
	}
	return f
}

func openBytes(b []byte) (*Player, error) {
	return newPlayer(bytes.NewReader(b), int64(len(b)), io.NopCloser(nil))
}

func mustOpen(t testing.TB, b []byte) *Player {
	t.Helper()
	p, err := openBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// readAll returns all steps of a recording.
func readAll(t testing.TB, p *Player) []Step {
	t.Helper()
	var all []Step
	for {
		m, err := p.Next()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
}

// compareOptions compare a replayed snapshot with the recorded one; its
// Source differs.
var compareOptions = cmp.Options{
	cmpopts.EquateComparable(netip.AddrPort{}, netip.Addr{}, untrusted.Text{}),
	cmpopts.IgnoreUnexported(sockets.Socket{}),
	cmpopts.IgnoreFields(sockets.Snapshot{}, "Source"),
	cmpopts.EquateEmpty(),
}

// generator generates the snapshots of a machine that changes in every way.
type generator struct {
	*rand.Rand
	snap    sockets.Snapshot
	cgroups []*process.Cgroup
}

func newGenerator(seed uint64) *generator {
	v := &generator{Rand: rand.New(rand.NewPCG(seed, 1))}
	v.snap.Time = noon
	for i := range 4 {
		c := process.ParseCgroup(fmt.Sprintf("/system.slice/shop-%d.service", i))
		v.cgroups = append(v.cgroups, &c)
	}
	v.cgroups = append(v.cgroups, nil, &process.Cgroup{Path: v.text(), Engine: "lxc", Service: process.Shared})
	return v
}

func (v *generator) text() untrusted.Text {
	all := []string{
		"", "node server.js", "a\nb\t\x1b[31m", "…☃😀\u202e\u200b\ufeff", "broken \xff\xc3(", "\x00", `"\/<>&'`, "\ufffd", "\u2028", strings.Repeat("long ", 40),
	}
	return untrusted.New(all[v.IntN(len(all))])
}

func (v *generator) addrPort() netip.AddrPort {
	all := []string{
		"127.0.0.1:3000", "0.0.0.0:0", "[::]:8080", "[::1]:65535", "[fe80::1%eth0]:80", `[fe80::1%a"\b]:80`, "[::ffff:10.0.0.1]:443", "255.255.255.255:53",
	}
	if v.IntN(4) == 0 {
		return netip.AddrPort{}
	}
	return netip.MustParseAddrPort(all[v.IntN(len(all))])
}

// number returns often 0, and sometimes the maximum.
func (v *generator) number() uint64 {
	switch v.IntN(4) {
	case 0:
		return 0
	case 1:
		return 1<<64 - 1
	}
	return v.Uint64() >> v.IntN(64)
}

func (v *generator) chance(n int) bool { return v.IntN(n) == 0 }

func (v *generator) socket() sockets.Socket {
	s := sockets.Socket{
		ID: sockets.ID(v.number()), Protocol: sockets.TCP, State: sockets.State(v.IntN(15)),
		Local: v.addrPort(), Remote: v.addrPort(), Inode: v.number(), Cgroup: v.cgroups[v.IntN(len(v.cgroups))],
		UID: uint32(v.number()), Interface: uint32(v.number()),
		RecvQueue: uint32(v.number()), SendQueue: uint32(v.number()),
		TimerLeft: time.Duration(uint32(v.number())) * time.Millisecond, Timer: sockets.Timer(v.IntN(5)),
		NoOwner: sockets.NoOwnerReason(v.IntN(9)), V6Only: sockets.Tristate(v.IntN(3)),
		HasUID: v.chance(2), HasQueue: v.chance(2), V6: v.chance(2), V4Mapped: v.chance(2),
	}
	for range v.IntN(3) {
		s.Owners = append(s.Owners, sockets.Owner{PID: int32(v.Uint32()), FD: int32(v.IntN(100)) - 1})
	}
	return s
}

// next changes the machine and returns a snapshot that is not modified later.
func (v *generator) next() sockets.Snapshot {
	s := &v.snap
	passed := time.Duration(v.IntN(3000)) * time.Millisecond
	if v.chance(9) {
		passed = -passed
	}
	s.Time = s.Time.Add(passed + time.Duration(v.IntN(1e6)))
	if v.chance(3) {
		s.Users, s.Interfaces = change(v, s.Users, v.text), change(v, s.Interfaces, v.text)
		s.Addresses, s.AddressInterfaces, s.Warnings = nil, map[netip.Addr]untrusted.Text{}, nil
		for range v.IntN(3) {
			s.Addresses = append(s.Addresses, v.addrPort().Addr())
			if v.chance(2) {
				s.AddressInterfaces[s.Addresses[len(s.Addresses)-1]] = v.text()
			}
			s.Warnings = append(s.Warnings, sockets.Warning{Kind: sockets.FallbackSource, Count: v.IntN(3), Text: "a warning"})
		}
		s.Ephemeral = sockets.PortRange{First: uint16(v.number()), Last: uint16(v.number())}
	}
	if v.chance(2) {
		all := map[int32]*process.Process{}
		for pid, p := range s.Processes {
			if !v.chance(5) {
				all[pid] = p
			}
		}
		for range v.IntN(4) {
			pid := int32(v.IntN(20))
			all[pid] = v.process(pid)
		}
		s.Processes = all
	}
	v.changeSockets()
	out := *s
	out.Sockets = slices.Clone(s.Sockets)
	return out
}

func (v *generator) changeSockets() {
	all := v.snap.Sockets
	if v.chance(20) {
		all = nil
	}
	if !v.chance(3) {
		for range v.IntN(5) {
			all = slices.Insert(all, v.IntN(len(all)+1), v.socket())
		}
		if len(all) > 0 && v.chance(2) {
			i := v.IntN(len(all))
			all = slices.Delete(all, i, min(len(all), i+1+v.IntN(3)))
		}
		for i := range all {
			if v.chance(8) {
				all[i].State, all[i].RecvQueue = sockets.State(v.IntN(15)), v.Uint32()
			}
		}
	}
	if v.chance(6) {
		v.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	}
	if n := len(all); n > 1 && v.chance(6) {
		all = append(all, all[v.IntN(n)]) // read twice
	}
	for i := range all {
		if all[i].Timer != sockets.NoTimer && !v.chance(5) {
			all[i].TimerLeft -= min(all[i].TimerLeft, time.Duration(v.IntN(3000))*time.Millisecond)
		}
	}
	v.snap.Sockets = all
}

func change(v *generator, names map[uint32]untrusted.Text, text func() untrusted.Text) map[uint32]untrusted.Text {
	next := map[uint32]untrusted.Text{}
	for id, name := range names {
		if !v.chance(5) {
			next[id] = name
		}
	}
	next[v.Uint32()>>v.IntN(32)] = text()
	return next
}

func (v *generator) notification(at time.Time) sockets.DestroyNotification {
	return sockets.DestroyNotification{
		Time: at, Socket: v.socket(),
		TCPInfo: sockets.TCPInfo{Known: v.chance(2), Sent: v.number(), Received: v.number(), RTT: time.Duration(v.Uint32())},
	}
}

// generate generates n snapshots.
func generate(seed uint64, n int) []sockets.Snapshot {
	v := newGenerator(seed)
	all := make([]sockets.Snapshot, n)
	for i := range all {
		all[i] = v.next()
	}
	return all
}
