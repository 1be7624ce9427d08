package sockdiag

import (
	"encoding/hex"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lotop/sockets"
)

// What Linux 6.18 on x86-64 wrote, read as root. A message is 16 bytes of
// netlink header (length, kind, flags, sequence number 7, port), 72 of struct
// inet_diag_msg, and attributes: SHUTDOWN (8), V6ONLY (11), MARK (15),
// CGROUP_ID (21), SOCKOPT (22).
const (
	// A listener at 127.0.0.1:58679 with 2 of 5 in its accept queue.
	hexListener = "7c000000140002000700000089270000" + "020a0000e53700007f000001" + "000000000000000000000000" +
		"00000000000000000000000000000000" + "00000000ead9120000000000" + "00000000" + "02000000" + "05000000" + "00000000" +
		"22414c00" + "0500080000000000" + "08000f0000000000" + "0c0015000100000000000000" + "0600160052000000"
	// A connection to it that it has not accepted: no inode.
	hexNotAccepted = "7c000000140002000700000089270000" + "02010000e537c8007f000001" + "000000000000000000000000" +
		"7f000001000000000000000000000000" + "00000000edd9120000000000" + "00000000" + "00000000" + "00000000" + "00000000" +
		"00000000" + "0500080000000000" + "08000f0000000000" + "0c0015000100000000000000" + "0600160052000000"
	// A dual-stack listener at [::]:34217, read by TCPDIAG_GETSOCK.
	hexDual = "84000000120002000700000089270000" + "0a0a000085a9000000000000" + "000000000000000000000000" +
		"00000000000000000000000000000000" + "00000000efd9120000000000" + "00000000" + "00000000" + "80000000" + "00000000" +
		"ab3d4c00" + "0500080000000000" + "05000b0000000000" + "08000f0000000000" + "0c0015000100000000000000" + "0600160012000000"
	// The same with IPV6_V6ONLY, at [::]:53371.
	hexV6Only = "84000000140002000700000089270000" + "0a0a0000d07b000000000000" + "000000000000000000000000" +
		"00000000000000000000000000000000" + "00000000f0d9120000000000" + "00000000" + "00000000" + "80000000" + "00000000" +
		"ad3d4c00" + "0500080000000000" + "05000b0001000000" + "08000f0000000000" + "0c0015000100000000000000" + "0600160012000000"
	// An IPv6 listener at ::ffff:127.0.0.1, port 53819.
	hexMapped = "84000000140002000700000089270000" + "0a0a0000d23b000000000000" + "000000000000ffff7f000001" +
		"00000000000000000000000000000000" + "00000000f1d9120000000000" + "00000000" + "00000000" + "80000000" + "00000000" +
		"af3d4c00" + "0500080000000000" + "05000b0000000000" + "08000f0000000000" + "0c0015000100000000000000" + "0600160012000000"
	// A TIME_WAIT with timer 3 and 59,996 ms to go.
	hexTimeWait = "60000000140002000700000089270000" + "0206030082c9a7b27f000001" + "000000000000000000000000" +
		"7f000001000000000000000000000000" + "00000000f2d9120000000000" + "5cea0000" + "00000000" + "00000000" + "00000000" +
		"00000000" + "08000f0000000000"
	// A TCP socket that is bound to 127.0.0.1:55939 and does not listen.
	hexBound = "7c000000140002000700000089270000" + "02070000da8300007f000001" + "000000000000000000000000" +
		"00000000000000000000000000000000" + "00000000f3d9120000000000" + "00000000" + "00000000" + "00000000" + "00000000" +
		"bf3d4c00" + "0500080000000000" + "08000f0000000000" + "0c0015000100000000000000" + "0600160052000000"
	// A UDP socket at 127.0.0.1:42260 without a remote end.
	hexUDP = "7c000000140002000700000089270000" + "02070000a51400007f000001" + "000000000000000000000000" +
		"00000000000000000000000000000000" + "00000000f4d9120000000000" + "00000000" + "00000000" + "00000000" + "00000000" +
		"38414c00" + "0500080000000000" + "08000f0000000000" + "0c0015000100000000000000" + "0600160050000000"
	// NLMSG_DONE, and the same with ENOENT for a protocol that is not there.
	hexDone     = "140000000300020007000000cb270000" + "00000000"
	hexNoEntry  = "1400000003000200070000000e280000" + "feffffff"
	hexNotMe    = "1400000002000000070000000e280000" + "ffffffff" // NLMSG_ERROR with EPERM
	hexAccepted = "1400000002000000070000000e280000" + "00000000" // NLMSG_ERROR that says yes
)

const hexSeq = 7 // of all the messages above

func unhex(t testing.TB, parts ...string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(parts, ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestParseDumpPartSockets(t *testing.T) {
	at := netip.MustParseAddrPort
	listener := sockets.Socket{
		ID: 0x12d9ea, Protocol: sockets.TCP, State: sockets.Listen, Local: at("127.0.0.1:58679"), RecvQueue: 2, SendQueue: 5,
		Inode: 0x4c4122, HasUID: true, HasQueue: true, CgroupID: 1,
	}
	waiting := sockets.Socket{
		ID: 0x12d9ed, Protocol: sockets.TCP, State: sockets.Established, Local: at("127.0.0.1:58679"), Remote: at("127.0.0.1:51200"),
		NoOwner: sockets.NotAccepted, HasQueue: true, CgroupID: 1,
	}
	dual := sockets.Socket{
		ID: 0x12d9ef, Protocol: sockets.TCP, State: sockets.Listen, Local: at("[::]:34217"), SendQueue: 128, Inode: 0x4c3dab,
		HasUID: true, HasQueue: true, V6: true, V6Only: sockets.No, CgroupID: 1,
	}
	v6only := dual
	v6only.ID, v6only.Local, v6only.Inode, v6only.V6Only = 0x12d9f0, at("[::]:53371"), 0x4c3dad, sockets.Yes
	mapped := dual
	mapped.ID, mapped.Local, mapped.Inode, mapped.V4Mapped = 0x12d9f1, at("127.0.0.1:53819"), 0x4c3daf, true
	timeWait := sockets.Socket{
		ID: 0x12d9f2, Protocol: sockets.TCP, State: sockets.TimeWait, Local: at("127.0.0.1:33481"), Remote: at("127.0.0.1:42930"),
		Timer: sockets.TimeWaitTimer, TimerLeft: 59996 * time.Millisecond, NoOwner: sockets.InTimeWait, HasQueue: true,
	}
	bound := sockets.Socket{
		ID: 0x12d9f3, Protocol: sockets.TCP, State: sockets.Bound, Local: at("127.0.0.1:55939"), Inode: 0x4c3dbf,
		HasUID: true, HasQueue: true, CgroupID: 1,
	}
	udp := sockets.Socket{
		ID: 0x12d9f4, Protocol: sockets.UDP, State: sockets.Unconn, Local: at("127.0.0.1:42260"), Inode: 0x4c4138,
		HasUID: true, HasQueue: true, CgroupID: 1,
	}
	for _, tt := range []struct {
		name, hex string
		want      sockets.Socket
		dualStack bool
	}{
		{"listener", hexListener, listener, false},
		{"not accepted", hexNotAccepted, waiting, false},
		{"dual stack", hexDual, dual, true},
		{"v6only", hexV6Only, v6only, false},
		{"mapped", hexMapped, mapped, false},
		{"time wait", hexTimeWait, timeWait, false},
		{"bound", hexBound, bound, false},
		{"udp", hexUDP, udp, false},
	} {
		got, res, err := parseDumpPart(nil, unhex(t, tt.hex), tt.want.Protocol, hexSeq)
		if err != nil || res != (dumpPart{}) {
			t.Errorf("%s: %+v, %v", tt.name, res, err)
		}
		if diff := diffSockets([]sockets.Socket{tt.want}, got); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		} else if got[0].DualStack() != tt.dualStack {
			t.Errorf("%s: dual stack is %v", tt.name, !tt.dualStack)
		}
	}
}

func diffSockets(want, got []sockets.Socket) string {
	return cmp.Diff(want, got, cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b }))
}

func TestParseDumpPartEnds(t *testing.T) {
	for _, tt := range []struct {
		name    string
		parts   []string
		sockets int
		want    dumpPart
	}{
		{"nothing", nil, 0, dumpPart{}},
		{"done", []string{hexDone}, 0, dumpPart{done: true}},
		{"sockets, then done", []string{hexListener, hexTimeWait, hexDone}, 2, dumpPart{done: true}},
		{"done with an error", []string{hexListener, hexNoEntry}, 1, dumpPart{done: true, errno: 2}},
		{"error", []string{hexNotMe}, 0, dumpPart{done: true, errno: 1}},
		{"yes", []string{hexAccepted}, 0, dumpPart{done: true}},
		{"done without a number", []string{"10000000030002000700000000000000"}, 0, dumpPart{done: true}},
		{"interrupted", []string{strings.Replace(hexListener, "14000200", "14001200", 1), hexDone}, 1, dumpPart{done: true, interrupted: true}},
		{"interrupted says the end", []string{hexListener, strings.Replace(hexDone, "03000200", "03001200", 1)}, 1, dumpPart{done: true, interrupted: true}},
		{"a noop between", []string{"10000000010000000700000000000000", hexListener}, 1, dumpPart{}},
		{"fewer bytes than a header at the end", []string{hexListener, "00000000"}, 1, dumpPart{}},
	} {
		got, res, err := parseDumpPart(nil, unhex(t, tt.parts...), sockets.TCP, hexSeq)
		if err != nil || len(got) != tt.sockets || res != tt.want {
			t.Errorf("%s: %d sockets, %+v, %v", tt.name, len(got), res, err)
		}
	}
}

// A dump that was broken off leaves its messages, and its end, in the queue.
func TestParseDumpPartOtherRequest(t *testing.T) {
	old := unhex(t, hexListener, strings.Replace(hexDone, "03000200", "03001200", 1), hexNoEntry)
	got, res, err := parseDumpPart(nil, old, sockets.TCP, hexSeq+1)
	if err != nil || len(got) != 0 || res != (dumpPart{}) {
		t.Errorf("%d sockets, %+v, %v", len(got), res, err)
	}
	mine := append(old, unhex(t, hexUDP)...)
	mine[len(old)+8]++ // sequence number
	if got, _, _ = parseDumpPart(nil, mine, sockets.UDP, hexSeq+1); len(got) != 1 || got[0].Local.Port() != 42260 {
		t.Errorf("%+v", got)
	}
}

func TestParseDumpPartAppends(t *testing.T) {
	before := []sockets.Socket{{ID: 1}}
	got, _, err := parseDumpPart(before, unhex(t, hexListener, "ff"), sockets.TCP, hexSeq)
	if err != nil || len(got) != 2 || got[0].ID != 1 || got[1].ID != 0x12d9ea {
		t.Errorf("%v, %+v", err, got)
	}
}

// Cut off anywhere, a message is an error or, within its attributes, a socket
// without the rest of them; what stood before it stays.
func TestParseDumpPartTruncated(t *testing.T) {
	whole := unhex(t, hexListener, hexDual)
	start := len(unhex(t, hexListener))
	for n := start + nlHeaderLen; n < len(whole); n++ {
		got, _, err := parseDumpPart(nil, whole[:n], sockets.TCP, hexSeq)
		if !errors.Is(err, errShort) || len(got) != 1 {
			t.Fatalf("%d bytes: %d sockets, %v", n, len(got), err)
		}
	}
	for n := nlHeaderLen; n < len(whole)-start; n++ {
		b := append([]byte(nil), whole[start:start+n]...)
		b[0] = byte(n) // the header agrees
		got, _, err := parseDumpPart(nil, b, sockets.TCP, hexSeq)
		if short := n < nlHeaderLen+diagMessageLen; short != errors.Is(err, errShort) || short != (len(got) == 0) {
			t.Fatalf("%d bytes: %d sockets, %v", n, len(got), err)
		}
	}
}
