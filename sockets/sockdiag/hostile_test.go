package sockdiag

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"testing"

	"lotop/sockets"
)

func TestParseDumpPartHostile(t *testing.T) {
	for _, tt := range []struct {
		name  string
		bytes []byte
		bad   bool
	}{
		{"length 0", unhex(t, "00000000140002000700000000000000"), true},
		{"length 15", unhex(t, "0f000000140002000700000000000000"), true},
		{"length beyond the end", unhex(t, "11000000140002000700000000000000"), true},
		{"length 4 GiB", unhex(t, "ffffffff140002000700000000000000"), true},
		{"no body", unhex(t, "10000000140002000700000000000000"), true},
		{"7 bytes", unhex(t, "10000000140002"), false},
	} {
		got, _, err := parseDumpPart(nil, tt.bytes, sockets.TCP, hexSeq)
		if errors.Is(err, errShort) != tt.bad || len(got) != 0 {
			t.Errorf("%s: %d sockets, %v", tt.name, len(got), err)
		}
	}
}

// Attributes that lie about their length end the list; what stood before them
// counts.
func TestAttributesHostile(t *testing.T) {
	v6only, cgroup := "05000b0001000000", "0c0015000100000000000000"
	for _, tt := range []struct {
		name, hex string
		kinds     int
	}{
		{"none", "", 0},
		{"two", v6only + cgroup, 2},
		{"length 0", v6only + "00000b00", 1},
		{"length 3", v6only + "03000b00", 1},
		{"empty", "04000b00" + v6only, 2},
		{"beyond the end", v6only + "ff000b0001000000", 1},
		{"three bytes left", v6only + "050000", 1},
		{"no padding at the end", "05000b0001", 1},
		{"nested flag", "05000b8001000000", 1},
	} {
		n := 0
		eachAttr(unhex(t, tt.hex), func(kind uint16, data []byte) {
			n++
			if kind != attrV6Only && kind != attrCgroupID {
				t.Errorf("%s: kind %d", tt.name, kind)
			}
		})
		if n != tt.kinds {
			t.Errorf("%s: %d attributes, want %d", tt.name, n, tt.kinds)
		}
	}
	short := unhex(t, "50000000140002000700000000000000") // room for nothing but the attributes that follow
	message := append(short, make([]byte, diagMessageLen)...)
	message = append(message, unhex(t, "04000b00"+"0400150000000000")...)
	binary.NativeEndian.PutUint32(message, uint32(len(message)))
	got, _, err := parseDumpPart(nil, message, sockets.TCP, hexSeq)
	if err != nil || len(got) != 1 || got[0].V6Only != sockets.Unknown || got[0].CgroupID != 0 {
		t.Errorf("empty attributes: %+v, %v", got, err)
	}
}

func TestNoOwnerByState(t *testing.T) {
	for state, want := range map[sockets.State]sockets.NoOwnerReason{
		sockets.TimeWait: sockets.InTimeWait, sockets.Established: sockets.NotAccepted, sockets.CloseWait: sockets.NotAccepted, sockets.SynRecv: sockets.NotAccepted,
		sockets.FinWait1: sockets.Orphaned, sockets.FinWait2: sockets.Orphaned, sockets.LastAck: sockets.Orphaned, sockets.Closing: sockets.Orphaned,
	} {
		if got := noOwnerByState(&sockets.Socket{State: state}); got != want {
			t.Errorf("%v: %v, want %v", state, got, want)
		}
		if got := noOwnerByState(&sockets.Socket{State: state, Inode: 1}); got != sockets.NoReason {
			t.Errorf("%v with an inode: %v", state, got)
		}
	}
}

func TestRequests(t *testing.T) {
	const header = "0103" + "09000000" + "00000000" // flags, sequence number, port
	for _, tt := range []struct {
		name  string
		bytes []byte
		want  string
	}{
		{"IPv4", dumpRequest(nil, afInet, sockets.TCP, allStates, 9), "48000000" + "1400" + header + "02060000" + "ff3f0000"},
		{"IPv6", dumpRequest(nil, afInet6, sockets.UDP, listenStates, 9), "48000000" + "1400" + header + "0a110000" + "00040000"},
		{"both", dumpRequest(nil, 0, sockets.TCP, allStates, 9), "4c000000" + "1200" + header + "00000000"},
	} {
		if got, want := tt.bytes, unhex(t, tt.want); string(got[:len(want)]) != string(want) || len(got) != int(got[0]) {
			t.Errorf("%s: %x", tt.name, got)
		}
	}
	both := dumpRequest(nil, 0, sockets.TCP, allStates, 9)
	if states := binary.NativeEndian.Uint32(both[nlHeaderLen+52:]); states != allStates {
		t.Errorf("states %#x in the older request", states)
	}
	s := sockets.Socket{
		ID: 0x1122334455667788, Protocol: sockets.TCP, Interface: 3,
		Local: netip.MustParseAddrPort("127.0.0.1:258"), Remote: netip.MustParseAddrPort("127.0.0.2:772"),
	}
	want := unhex(t, "48000000"+"1500"+"0100"+"09000000"+"00000000", "02060000ff3f0000", "01020304",
		"7f000001000000000000000000000000", "7f000002000000000000000000000000", "03000000", "8877665544332211")
	if got := socketRequest(nil, &s, 21, nlmFlagRequest, 9); string(got) != string(want) {
		t.Errorf("exact request\n%x\n%x", got, want)
	}
}

// No buffer makes the parser panic, run for ever, or give more sockets than
// there is room for: a message is at least 88 bytes.
func FuzzParseDumpPart(f *testing.F) {
	for _, seed := range []string{
		hexListener, hexNotAccepted, hexDual, hexV6Only, hexMapped, hexTimeWait, hexBound, hexUDP, hexDone, hexNoEntry, hexNotMe,
		hexListener + hexDual + hexTimeWait + hexDone,
	} {
		f.Add(unhex(f, seed), uint32(hexSeq))
	}
	f.Fuzz(func(t *testing.T, b []byte, seq uint32) {
		before := []sockets.Socket{{ID: 42}}
		got, res, err := parseDumpPart(before, b, sockets.TCP, seq)
		if got[0].ID != 42 {
			t.Fatal("what there was has changed")
		}
		if n := len(got) - 1; n > len(b)/(nlHeaderLen+diagMessageLen) {
			t.Fatalf("%d sockets in %d bytes", n, len(b))
		}
		if err != nil && !errors.Is(err, errShort) {
			t.Fatal(err)
		}
		if res.errno != 0 && !res.done {
			t.Fatal("an error that is not the end")
		}
		for _, s := range got[1:] {
			if !s.Local.IsValid() || s.HasUID && s.Inode == 0 && s.UID == 0 {
				t.Fatalf("%+v", s)
			}
			_, _, _ = s.State.String(), s.NoOwner.String(), s.Timer.String()
		}
	})
}
