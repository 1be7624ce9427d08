package iphlpapi

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"lotop/sockets"
	"lotop/sockets/process"
)

// Rows as Windows lays them out; what lotop does not read is ee.
const (
	tcp4Module = `
01000000 eeeeeeee
02000000 7f000001 1f90eeee 00000000 00000000 2c110000 0040a1b2c3d4da01 `
	tcp4Connected = `
05000000 7f000001 c8220000 7f000001 1f900000 d4170000`
	tcp6Module = `
01000000 eeeeeeee
fe800000000000000000000000000001 07000000 0bb8eeee
fe800000000000000000000000000002 07000000 cafeeeee 05000000 2c110000 0040a1b2c3d4da01 `
	udp4Module = `
01000000 eeeeeeee
00000000 14e9eeee 2c110000 eeeeeeee 0040a1b2c3d4da01 `
	udp6Module = `
01000000 eeeeeeee
00000000000000000000000000000000 00000000 14e9eeee 2c110000 eeeeeeee 0040a1b2c3d4da01 `
)

func bytesOf(t testing.TB, text string, size int) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		t.Fatal(err)
	}
	for len(b) < size {
		b = append(b, 0xee)
	}
	return b
}

func TestTables(t *testing.T) {
	for _, c := range []struct {
		table *Table
		bytes []byte
		want  string
	}{
		{&ModuleTables[0], bytesOf(t, tcp4Module, 8+160), "tcp LISTEN 127.0.0.1:8080 invalid AddrPort 0 4396 1dad4c3b2a14000"},
		{&ModuleTables[1], bytesOf(t, tcp6Module, 8+192), "tcp ESTABLISHED [fe80::1]:3000 [fe80::2]:51966 7 4396 1dad4c3b2a14000"},
		{&ModuleTables[2], bytesOf(t, udp4Module, 8+160), "udp UNCONN 0.0.0.0:5353 invalid AddrPort 0 4396 1dad4c3b2a14000"},
		{&ModuleTables[3], bytesOf(t, udp6Module, 8+176), "udp UNCONN [::]:5353 invalid AddrPort 0 4396 1dad4c3b2a14000"},
		{&PIDTables[0], bytesOf(t, "01000000"+tcp4Connected, 28), "tcp ESTABLISHED 127.0.0.1:51234 127.0.0.1:8080 0 6100 0"},
		{&PIDTables[1], bytesOf(t, "01000000 00000000000000000000000000000001 00000000 0bb8eeee"+
			strings.Repeat("00", 16)+"00000000 00000000 02000000 2c110000", 60), "tcp LISTEN [::1]:3000 invalid AddrPort 0 4396 0"},
		{&PIDTables[2], bytesOf(t, "01000000 7f000001 14e9eeee 2c110000", 16), "udp UNCONN 127.0.0.1:5353 invalid AddrPort 0 4396 0"},
		{&PIDTables[3], bytesOf(t, "01000000 00000000000000000000000000000001 00000000 14e9eeee 2c110000", 32), "udp UNCONN [::1]:5353 invalid AddrPort 0 4396 0"},
	} {
		rows, err := c.table.Parse(nil, c.bytes)
		if err != nil || len(rows) != 1 {
			t.Fatalf("%s: %d rows, %v", c.want, len(rows), err)
		}
		if got := sketchRow(&rows[0]); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func sketchRow(r *Row) string {
	return fmt.Sprintf("%v %v %v %v %d %d %x", r.Protocol, r.State, r.Local, r.Remote, r.Interface, r.PID, r.created)
}

// A mapped address is written as IPv4, and a listener has no remote end even
// where the table says so.
func TestRowsNormalized(t *testing.T) {
	mapped := "00000000000000000000ffff7f000001"
	rows, err := PIDTables[1].Parse(nil, bytesOf(t, "02000000"+
		mapped+"00000000 0bb80000"+mapped+"00000000 cafe0000 05000000 2c110000"+
		mapped+"00000000 0bb80000"+mapped+"00000000 cafe0000 02000000 2c110000", 0))
	if err != nil {
		t.Fatal(err)
	}
	if r := rows[0]; !r.V6 || !r.V4Mapped || r.Local.String() != "127.0.0.1:3000" || r.Remote.String() != "127.0.0.1:51966" {
		t.Errorf("%+v", r)
	}
	if rows[1].Connected() {
		t.Errorf("a listener with a remote end: %+v", rows[1])
	}
}

func TestHostileTables(t *testing.T) {
	whole := bytesOf(t, tcp4Module, 8+160)
	for n := range whole {
		if rows, err := ModuleTables[0].Parse(nil, whole[:n]); err == nil || len(rows) != 0 {
			t.Errorf("%d bytes: %d rows, %v", n, len(rows), err)
		}
	}
	many := append([]byte(nil), whole...)
	binary.LittleEndian.PutUint32(many, 1<<32-1)
	if rows, err := ModuleTables[0].Parse(nil, many); err == nil || len(rows) != 1 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	if rows, err := ModuleTables[0].Parse(nil, make([]byte, 4)); err != nil || len(rows) != 0 {
		t.Errorf("an empty table: %d rows, %v", len(rows), err)
	}
	for n, want := range map[uint32]sockets.State{0: sockets.Close, 11: sockets.TimeWait, 12: sockets.Close, 13: sockets.Close, 1<<32 - 1: sockets.Close} {
		if got := mibState(n); got != want {
			t.Errorf("state %d is %v, not %v", n, got, want)
		}
	}
}

func FuzzTables(f *testing.F) {
	for _, text := range []string{tcp4Module, tcp6Module, udp4Module, udp6Module} {
		f.Add(bytesOf(f, text, 200))
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, tables := range [][]Table{ModuleTables[:], PIDTables[:]} {
			for i := range tables {
				rows, err := tables[i].Parse(nil, b)
				if len(rows)*tables[i].rowSize > len(b) {
					t.Errorf("%d rows of %d bytes", len(rows), len(b))
				}
				if err == nil && uint32(len(rows)) != binary.LittleEndian.Uint32(b) {
					t.Errorf("%d rows without an error", len(rows))
				}
				AssignIDs(rows, map[sockets.ID]uint32{})
			}
		}
	})
}

// An ID is the same in every look, and no two sockets of one look share it.
func TestAssignIDs(t *testing.T) {
	one, err := PIDTables[2].Parse(nil, bytesOf(t, "03000000 7f000001 14e90000 2c110000 7f000001 14e90000 2c110000 7f000001 14e90000 2d110000", 0))
	if err != nil {
		t.Fatal(err)
	}
	again := append([]Row(nil), one...)
	seen := map[sockets.ID]uint32{}
	AssignIDs(one, seen)
	AssignIDs(again, seen)
	distinct := map[sockets.ID]bool{}
	for i := range one {
		distinct[one[i].ID] = true
		if one[i].ID != again[i].ID {
			t.Errorf("row %d: %v, then %v", i, one[i].ID, again[i].ID)
		}
	}
	if len(distinct) != 3 {
		t.Errorf("%d IDs for 3 sockets", len(distinct))
	}
}

func TestAssignOwners(t *testing.T) {
	known := map[int32]*process.Process{
		4396: {PID: 4396, Start: 100},
		4:    {PID: 4, Start: 1},
	}
	for _, c := range []struct {
		row  Row
		want sockets.NoOwnerReason
	}{
		{Row{PID: 4396, created: 101, Socket: sockets.Socket{State: sockets.Listen}}, sockets.NoReason},
		{Row{PID: 4396, Socket: sockets.Socket{State: sockets.Listen}}, sockets.NoReason}, // no time told
		{Row{PID: 4396, created: 99, Socket: sockets.Socket{State: sockets.Listen}}, sockets.Orphaned},
		{Row{PID: 4400, created: 101, Socket: sockets.Socket{State: sockets.Established}}, sockets.Orphaned},
		{Row{PID: 4, Socket: sockets.Socket{State: sockets.Listen}}, sockets.NoReason},
		{Row{PID: 0, Socket: sockets.Socket{State: sockets.TimeWait}}, sockets.InTimeWait},
		{Row{PID: 4396, Socket: sockets.Socket{State: sockets.TimeWait}}, sockets.InTimeWait},
		{Row{PID: 0, Socket: sockets.Socket{State: sockets.LastAck}}, sockets.Orphaned},
		{Row{PID: 0, Socket: sockets.Socket{State: sockets.Listen}}, sockets.NotLookedUp},
	} {
		rows := []Row{c.row}
		AssignOwners(rows, known)
		if got := rows[0]; got.NoOwner != c.want || (len(got.Owners) == 1) != (c.want == sockets.NoReason) {
			t.Errorf("%+v: %v %v", c.row, got.NoOwner, got.Owners)
		}
	}
}
