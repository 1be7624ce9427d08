package pcblist

import (
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"lotop/sockets"
)

// change returns a copy of b with a u32 set.
func change(b []byte, at int, v uint32) []byte {
	b = slices.Clone(b)
	binary.LittleEndian.PutUint32(b[at:], v)
	return b
}

func TestParsePCBsHostile(t *testing.T) {
	const inpcb, socket = 24, 24 + 104 // where the first records begin
	table := macTable(macListener, macListener)
	for _, tt := range []struct {
		name  string
		bytes []byte
		n     int
		bad   bool
	}{
		{"nothing", nil, 0, true},
		{"header of length 0", change(table, 0, 0), 0, true},
		{"header of 4 GiB", change(table, 0, 0xffffffff), 0, true},
		{"record of length 0", change(table, inpcb, 0), 0, true},
		{"record of length 7", change(table, inpcb, 7), 0, true},
		{"record of 4 GiB", change(table, inpcb, 0xffffffff), 0, true},
		{"record of 2 GiB", change(table, inpcb, 0x80000000), 0, true},
		{"record beyond the end", change(table, inpcb, uint32(len(table))), 0, true},
		{"record as long as a header", change(table, inpcb, 24), 0, false},
		{"unknown kind", change(table, socket+4, 0x40), 1, false},
		{"no inpcb to begin with", change(table, inpcb+4, 0x40), 1, false},
		{"inpcb twice", change(table, socket+4, 0x10), 1, false},
		{"unknown state", change(table, len(table)-24-208+36, 11), 1, false},
		{"negative state", change(table, len(table)-24-208+36, 0xffffffff), 1, false},
		{"header counts too many", change(table, 4, 1<<31), 2, false},
	} {
		got, err := Parse(nil, tt.bytes, sockets.TCP)
		if errors.Is(err, ErrTruncated) != tt.bad || len(got) != tt.n {
			t.Errorf("%s: %d sockets, %v", tt.name, len(got), err)
		}
	}
}

// The kernel answers with records of zeros for a socket that is being taken
// apart: it has no owner, and the former one is unknown.
func TestParsePCBsWithoutSocket(t *testing.T) {
	b := macTable(macSocket{local: "127.0.0.1:80", remote: "127.0.0.1:50000", vflag: 1, tcpState: 10})
	got, err := Parse(nil, b, sockets.TCP)
	if err != nil || len(got) != 1 {
		t.Fatalf("%d sockets, %v", len(got), err)
	}
	p := got[0]
	if p.HasUID || p.NoOwner != sockets.InTimeWait || p.LastPID != -1 || p.ReuseAddr != sockets.Unknown || p.V6 {
		t.Errorf("%+v", p)
	}
}

// A listener's queue cannot be shorter than empty.
func TestParsePCBsQueue(t *testing.T) {
	m := macListener
	m.queue, m.half = 1, 2
	got, err := Parse(nil, macTable(m), sockets.TCP)
	if err != nil || len(got) != 1 || got[0].RecvQueue != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// An ID stays while the socket does, whatever becomes of it, and is nobody
// else's.
func TestPCBIDs(t *testing.T) {
	id := func(m macSocket, p sockets.Protocol) sockets.ID {
		got, err := Parse(nil, macTable(m), p)
		if err != nil || len(got) != 1 {
			t.Fatal(err)
		}
		return got[0].ID
	}
	same := macListener
	same.queue, same.last, same.remote, same.tcpState = 0, 1, "127.0.0.1:9", 4
	if id(macListener, sockets.TCP) != id(same, sockets.TCP) {
		t.Error("the ID changes with the state")
	}
	next := macListener
	next.generation++
	if id(macListener, sockets.TCP) == id(next, sockets.TCP) || id(macListener, sockets.TCP) == id(macListener, sockets.UDP) {
		t.Error("two sockets share an ID")
	}
	nameless, other := macListener, macListener
	nameless.handle, nameless.generation, other.handle, other.generation = 0, 0, 0, 0
	other.local = "127.0.0.1:3001"
	again := nameless
	if id(nameless, sockets.TCP) == id(other, sockets.TCP) || id(nameless, sockets.TCP) != id(again, sockets.TCP) {
		t.Error("without handle the addresses name a socket")
	}
}

func FuzzParsePCBs(f *testing.F) {
	udp := macSocket{local: "[::]:5353", vflag: 3, family: 30, tcpState: -1}
	f.Add(macTable(macListener), true)
	f.Add(macTable(macListener, macListener), true)
	f.Add(macTable(udp), false)
	f.Add(macTable(), true)
	f.Fuzz(func(t *testing.T, b []byte, tcp bool) {
		protocol := sockets.UDP
		if tcp {
			protocol = sockets.TCP
		}
		got, _ := Parse(nil, b, protocol)
		for i := range got {
			p := &got[i]
			if p.Protocol != protocol || p.Local.Port() == 0 || !p.Local.Addr().IsValid() || p.Local.Addr().Is4In6() {
				t.Errorf("%+v", p)
			}
			if p.NoOwner != sockets.NoReason && (p.LastPID != -1 || p.OwnerPID != -1) {
				t.Errorf("%+v", p)
			}
		}
		if most := len(b) / (inpcbLen + socketLen); len(got) > most {
			t.Errorf("%d sockets in %d bytes", len(got), len(b))
		}
	})
}
