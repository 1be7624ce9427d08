// Package modeltest builds snapshots from text, for the tests of model's packages.
package modeltest

import (
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// Began is when the first snapshot of a test was taken.
var Began = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// Snapshot is a snapshot taken the given number of seconds after Began. Each line
// of text is a socket:
//
//	ID PROTOCOL STATE LOCAL [REMOTE] [pid:1,2] [uid:501] [v6] [mapped] [v6only] [dual] [waits] [dev:3]
//
// waits means not accepted yet. Process 10 started ten minutes before Began,
// and so on; its name is p10. The machine's own address is 192.168.1.5.
func Snapshot(t testing.TB, seconds float64, text string) *sockets.Snapshot {
	t.Helper()
	s := &sockets.Snapshot{
		Time:       Began.Add(time.Duration(seconds * float64(time.Second))),
		Processes:  map[int32]*process.Process{},
		Users:      map[uint32]untrusted.Text{1000: untrusted.New("ada")},
		Interfaces: map[uint32]untrusted.Text{1: untrusted.New("lo"), 2: untrusted.New("eth0")},
		Addresses: []netip.Addr{
			netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("192.168.1.5"), netip.MustParseAddr("fd00::5"),
		},
		Ephemeral: sockets.PortRange{First: 32768, Last: 60999},
	}
	for line := range strings.Lines(text) {
		if fields := strings.Fields(line); len(fields) > 0 {
			s.Sockets = append(s.Sockets, parseSocket(t, s, fields))
		}
	}
	return s
}

func parseSocket(t testing.TB, in *sockets.Snapshot, fields []string) sockets.Socket {
	t.Helper()
	id, err := strconv.Atoi(fields[0])
	if err != nil || len(fields) < 4 {
		t.Fatalf("%q is no socket", fields)
	}
	s := sockets.Socket{ID: sockets.ID(id), Protocol: sockets.TCP, Local: AddrPort(fields[3])}
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
		parseOption(t, in, &s, f)
	}
	return s
}

func parseOption(t testing.TB, in *sockets.Snapshot, s *sockets.Socket, f string) {
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
				in.Processes[int32(pid)] = Process(pid)
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
		s.Remote = AddrPort(f)
	}
}

// Process returns the process of that PID, called pPID, started as many minutes before Began.
func Process(pid int) *process.Process {
	return &process.Process{
		PID: pid, Start: uint64(pid), Started: Began.Add(-time.Duration(pid) * time.Minute),
		Name: untrusted.New("p" + strconv.Itoa(pid)),
	}
}

// Lines takes a raw string apart into lines, without indentation.
func Lines(s string) []string {
	var all []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// AddrPort parses an address with a port; of an empty text it is the zero value.
func AddrPort(s string) netip.AddrPort {
	if s == "" {
		return netip.AddrPort{}
	}
	return netip.MustParseAddrPort(s)
}

// UnixTerm returns a word of text that means nothing on Windows, empty if there is none.
func UnixTerm(text string) string {
	for _, word := range []string{"SIG", "signal", "pidfd", "systemctl", "setcap", "sysctl", "sudo", "root"} {
		if strings.Contains(text, word) {
			return word
		}
	}
	return ""
}

// Shop is a table with listeners, pairs, a queued connection and shared owners.
const Shop = `
	1 tcp LISTEN 127.0.0.1:3000 pid:10,11
	2 tcp ESTABLISHED 127.0.0.1:51234 127.0.0.1:3000 pid:20
	3 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:51234 pid:10,11
	4 tcp ESTABLISHED 127.0.0.1:51235 127.0.0.1:3000 pid:20
	5 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:51235 waits
	6 tcp LISTEN 127.0.0.1:3001 pid:11
	7 udp UNCONN 127.0.0.1:3002 pid:10,12
	8 tcp ESTABLISHED 127.0.0.1:51236 127.0.0.1:3001 pid:10
	9 tcp ESTABLISHED 127.0.0.1:3001 127.0.0.1:51236 pid:11
	10 tcp ESTABLISHED 127.0.0.1:51237 127.0.0.1:5432 pid:10
	11 tcp LISTEN 127.0.0.1:4000 pid:30
	12 tcp TIME_WAIT 127.0.0.1:3000 127.0.0.1:51238`
