package pcblist

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lotop/sockets"
)

// macSocket is a socket as a test says it; bytes writes what the kernel of macOS
// would answer, field by field, without the constants of the parser.
type macSocket struct {
	local, remote      string // without: no such end
	vflag              byte
	flags, options     uint32
	family             uint32 // 2 or 30
	soState            uint16
	queue, half, limit uint16
	uid                uint32
	last, owner        int32
	receive, send      uint32
	in, out            [4]uint64 // bytes, of each traffic class
	tcpState           int       // -1: no such record
	handle, generation uint64
	modern             bool // the longer socket record of newer releases
}

// macRecord begins a record of that size and kind.
func macRecord(size, kind int) []byte {
	b := make([]byte, size)
	binary.LittleEndian.PutUint32(b, uint32(size))
	binary.LittleEndian.PutUint32(b[4:], uint32(kind))
	return b
}

func pad8(b []byte) []byte { return append(b, make([]byte, (8-len(b)%8)%8)...) }

func putMacEnd(b []byte, portAt, addrAt int, end string, v4 bool) {
	if end == "" {
		return
	}
	a := netip.MustParseAddrPort(end)
	binary.BigEndian.PutUint16(b[portAt:], a.Port())
	if v4 {
		four := a.Addr().As4()
		copy(b[addrAt+12:], four[:])
		return
	}
	sixteen := a.Addr().As16()
	copy(b[addrAt:], sixteen[:])
}

func (m macSocket) bytes() []byte {
	le := binary.LittleEndian
	v4 := m.vflag&2 == 0

	inpcb := macRecord(104, 0x10)
	le.PutUint64(inpcb[8:], m.handle)
	le.PutUint64(inpcb[28:], m.generation)
	le.PutUint32(inpcb[36:], m.flags)
	inpcb[44] = m.vflag
	putMacEnd(inpcb, 16, 48, m.remote, v4)
	putMacEnd(inpcb, 18, 64, m.local, v4)

	size := 76
	if m.modern {
		size = 104
	}
	socket := macRecord(size, 1)
	le.PutUint64(socket[8:], m.handle+1)
	le.PutUint32(socket[20:], m.options)
	le.PutUint16(socket[26:], m.soState)
	le.PutUint32(socket[40:], m.family)
	le.PutUint16(socket[44:], m.queue)
	le.PutUint16(socket[46:], m.half)
	le.PutUint16(socket[48:], m.limit)
	le.PutUint32(socket[64:], m.uid)
	le.PutUint32(socket[68:], uint32(m.last))
	le.PutUint32(socket[72:], uint32(m.owner))

	receive, send := macRecord(32, 2), macRecord(32, 4)
	le.PutUint32(receive[8:], m.receive)
	le.PutUint32(send[8:], m.send)

	stats := macRecord(8+4*32, 8)
	for i := range 4 {
		le.PutUint64(stats[8+32*i+8:], m.in[i])
		le.PutUint64(stats[8+32*i+24:], m.out[i])
	}
	var all []byte
	for _, record := range [][]byte{inpcb, socket, receive, send, stats} {
		all = append(all, pad8(record)...)
	}
	if m.tcpState >= 0 {
		tcp := macRecord(204, 0x20)
		le.PutUint32(tcp[36:], uint32(m.tcpState))
		all = append(all, pad8(tcp)...)
	}
	return all
}

// macTable puts sockets between the two headers.
func macTable(all ...macSocket) []byte {
	header := macRecord(24, len(all))
	b := append([]byte(nil), header...)
	for _, m := range all {
		b = append(b, m.bytes()...)
	}
	return append(b, header...)
}

func addrPorts(local, remote string) (l, r netip.AddrPort) {
	if local != "" {
		l = netip.MustParseAddrPort(local)
	}
	if remote != "" {
		r = netip.MustParseAddrPort(remote)
	}
	return l, r
}

var macListener = macSocket{
	local: "127.0.0.1:3000", vflag: 1, family: 2, options: 2 | 4, queue: 3, half: 1, limit: 128,
	uid: 501, last: 4411, owner: 4411, tcpState: 1, handle: 0xa1, generation: 7, modern: true,
}

func TestParsePCBsListener(t *testing.T) {
	got, err := Parse(nil, macTable(macListener), sockets.TCP)
	if err != nil || len(got) != 1 {
		t.Fatalf("%d sockets, %v", len(got), err)
	}
	p := got[0]
	want := sockets.Socket{
		ID: p.ID, Protocol: sockets.TCP, State: sockets.Listen, UID: 501, HasUID: true, HasQueue: true, RecvQueue: 2, SendQueue: 128,
		ReuseAddr: sockets.Yes, ReusePort: sockets.No,
	}
	want.Local, _ = addrPorts("127.0.0.1:3000", "")
	sameAddr := cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })
	if diff := cmp.Diff(want, p.Socket, sameAddr); diff != "" {
		t.Error(diff)
	}
	if p.ID == 0 || p.LastPID != 4411 || p.OwnerPID != 4411 || p.Traffic != (sockets.TCPInfo{Known: true}) {
		t.Errorf("%+v", p)
	}
}

// Both lengths of the socket record, in one table.
func TestParsePCBsGrownRecord(t *testing.T) {
	old := macListener
	old.modern, old.handle, old.local = false, 0xb2, "127.0.0.1:3001"
	got, err := Parse(nil, macTable(macListener, old, macListener), sockets.TCP)
	if err != nil || len(got) != 3 || got[1].Local.Port() != 3001 || got[1].UID != 501 || got[1].LastPID != 4411 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestParsePCBsFamilies(t *testing.T) {
	for _, tt := range []struct {
		name            string
		m               macSocket
		local, remote   string
		v6, mapped      bool
		v6only          sockets.Tristate
		dualStack, conn bool
	}{
		{"dual-stack wildcard", macSocket{local: "[::]:80", vflag: 3, family: 30}, "[::]:80", "", true, false, sockets.No, true, false},
		{"IPv6 only", macSocket{local: "[::]:80", vflag: 2, flags: 0x8000, family: 30}, "[::]:80", "", true, false, sockets.Yes, false, false},
		{"specific, option off", macSocket{local: "[::1]:80", vflag: 2, family: 30}, "[::1]:80", "", true, false, sockets.Yes, false, false},
		{"IPv4", macSocket{local: "0.0.0.0:80", vflag: 1, family: 2}, "0.0.0.0:80", "", false, false, sockets.Unknown, false, false},
		{
			"accepted over IPv4 by a dual-stack listener",
			macSocket{local: "127.0.0.1:80", remote: "127.0.0.1:50000", vflag: 1, family: 30},
			"127.0.0.1:80", "127.0.0.1:50000", true, true, sockets.No, false, true,
		},
		{
			"mapped in IPv6 form",
			macSocket{local: "[::ffff:127.0.0.1]:80", remote: "[::ffff:127.0.0.1]:50000", vflag: 6, family: 30},
			"127.0.0.1:80", "127.0.0.1:50000", true, true, sockets.Yes, false, true,
		},
		{"connected IPv6", macSocket{local: "[::1]:50000", remote: "[::1]:80", vflag: 2, family: 30}, "[::1]:50000", "[::1]:80", true, false, sockets.Yes, false, true},
		{"link-local with its interface", macSocket{local: "[fe80:4::1]:80", vflag: 2, family: 30}, "[fe80::1]:80", "", true, false, sockets.Yes, false, false},
	} {
		for _, protocol := range []sockets.Protocol{sockets.TCP, sockets.UDP} {
			m := tt.m
			m.tcpState = 0
			got, err := Parse(nil, macTable(m), protocol)
			if err != nil || len(got) != 1 {
				t.Fatalf("%s: %d sockets, %v", tt.name, len(got), err)
			}
			s := &got[0].Socket
			local, remote := addrPorts(tt.local, tt.remote)
			if s.Local != local || s.Remote != remote || s.V6 != tt.v6 || s.V4Mapped != tt.mapped || s.V6Only != tt.v6only ||
				s.DualStack() != tt.dualStack || s.Connected() != tt.conn {
				t.Errorf("%s, %s: %+v", tt.name, protocol, s)
			}
		}
	}
}

func TestParsePCBsStates(t *testing.T) {
	const unaccepted, noFile = 0x1000, 1
	for _, tt := range []struct {
		tcp     int
		remote  string
		soState uint16
		state   sockets.State
		reason  sockets.NoOwnerReason
	}{
		{0, "", 0, sockets.Bound, sockets.NoReason},
		{0, "127.0.0.1:80", 0, sockets.Close, sockets.NoReason},
		{1, "", 0, sockets.Listen, sockets.NoReason},
		{2, "127.0.0.1:80", 4, sockets.SynSent, sockets.NoReason},
		{3, "127.0.0.1:80", noFile | 0x800, sockets.SynRecv, sockets.NotAccepted},
		{4, "127.0.0.1:80", 2, sockets.Established, sockets.NoReason},
		{4, "127.0.0.1:80", noFile | unaccepted, sockets.Established, sockets.NotAccepted},
		{5, "127.0.0.1:80", 2, sockets.CloseWait, sockets.NoReason},
		{6, "127.0.0.1:80", noFile, sockets.FinWait1, sockets.Orphaned},
		{7, "127.0.0.1:80", noFile, sockets.Closing, sockets.Orphaned},
		{8, "127.0.0.1:80", noFile, sockets.LastAck, sockets.Orphaned},
		{9, "127.0.0.1:80", noFile, sockets.FinWait2, sockets.Orphaned},
		{10, "127.0.0.1:80", noFile, sockets.TimeWait, sockets.InTimeWait},
		{10, "127.0.0.1:80", 0, sockets.TimeWait, sockets.NoReason},
	} {
		m := macSocket{
			local: "127.0.0.1:50000", remote: tt.remote, vflag: 1, family: 2, tcpState: tt.tcp, soState: tt.soState, last: 9, owner: 8,
		}
		got, err := Parse(nil, macTable(m), sockets.TCP)
		if err != nil || len(got) != 1 {
			t.Fatalf("%d: %d sockets, %v", tt.tcp, len(got), err)
		}
		p := got[0]
		if p.State != tt.state || p.NoOwner != tt.reason || (p.LastPID == 9 && p.OwnerPID == 8) != (tt.reason == sockets.NoReason) {
			t.Errorf("%d: %v, %v, %d, %d", tt.tcp, p.State, p.NoOwner, p.LastPID, p.OwnerPID)
		}
	}
}

func TestParsePCBsUDP(t *testing.T) {
	bound := macSocket{local: "0.0.0.0:5353", vflag: 1, family: 2, tcpState: -1, options: 0x200, receive: 77, handle: 1}
	connected := macSocket{local: "127.0.0.1:50000", remote: "127.0.0.1:53", vflag: 1, family: 2, tcpState: -1, send: 9, handle: 2}
	unbound := macSocket{vflag: 1, family: 2, tcpState: -1, handle: 3}
	got, err := Parse(nil, macTable(bound, unbound, connected), sockets.UDP)
	if err != nil || len(got) != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	if a := got[0]; a.State != sockets.Unconn || a.RecvQueue != 77 || !a.HasQueue || a.ReuseAddr != sockets.No || a.ReusePort != sockets.Yes {
		t.Errorf("%+v", a)
	}
	if b := got[1]; b.State != sockets.Established || b.SendQueue != 9 {
		t.Errorf("%+v", b)
	}
}

func TestParsePCBsTraffic(t *testing.T) {
	m := macListener
	m.in, m.out = [4]uint64{1, 20, 300, 4000}, [4]uint64{50000, 600000, 1 << 40, 8}
	got, err := Parse(nil, macTable(m), sockets.TCP)
	if err != nil || len(got) != 1 || got[0].Traffic != (sockets.TCPInfo{Known: true, Received: 4321, Sent: 1<<40 + 650008}) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestParsePCBsEmpty(t *testing.T) {
	for name, b := range map[string][]byte{"one header": macRecord(24, 0), "two headers": macTable()} {
		if got, err := Parse(nil, b, sockets.TCP); err != nil || len(got) != 0 {
			t.Errorf("%s: %d sockets, %v", name, len(got), err)
		}
	}
}

// Wherever the answer is cut off, the sockets before that are told, and that
// something is missing.
func TestParsePCBsTruncated(t *testing.T) {
	one := len(macListener.bytes())
	whole := macTable(macListener, macListener)
	for n := range whole {
		got, err := Parse(nil, whole[:n], sockets.TCP)
		if !errors.Is(err, ErrTruncated) {
			t.Fatalf("%d of %d bytes: %v", n, len(whole), err)
		}
		// The first is done only when the next one has begun.
		if most := max(0, (n-24)/one); len(got) > most {
			t.Fatalf("%d of %d bytes: %d sockets", n, len(whole), len(got))
		}
	}
}
