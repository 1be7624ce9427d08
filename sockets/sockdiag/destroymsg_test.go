package sockdiag

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lotop/sockets"
)

// What Linux 6.18 on x86-64 announced, read as root: the header (sequence
// number and port 0), struct inet_diag_msg, and of the attributes PROTOCOL (10)
// and for TCP INFO (2).
const (
	// 127.0.0.1:36784, the client of the next: it closed first. 100 bytes sent, 7 received, 5.293 ms of round trip.
	hexClientGone = "7c010000140000000000000000000000020700008fb095397f0000010000000000000000000000007f0000010000000000000000000000000000000027942a00" +
		"00000000000000000000000000000000000000000000000005000a00060000001c010200070000000007aa00802c0300409c0000008000001802000000000000" +
		"000000000000000000000000000000002c000000000000002c00000000000000ffff0000d7ff0000ad14000034290000ffffff7f0c000000cbff000003000000" +
		"00000000d7ff0000000000002da39b1108000000ffffffffffffffff660000000000000007000000000000000500000004000000000000000800000001000000" +
		"01000000f9da0b0000000000e0ab0000000000000000000000000000000000000000000003000000000000006400000000000000000000000000000000000000" +
		"000000000000000000000100000001000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
	// 127.0.0.1:38201, its server: what it has received has the FIN in it.
	hexServerGone = "7c0100001400000000000000000000000207000095398fb07f0000010000000000000000000000007f00000100000000000000000000000000000000baa02a00" +
		"00000000000000000100000000000000000000000000000005000a00060000001c010200070000000007aa00e01c0300409c0000008000001802000000000000" +
		"0000000000000000000000000000000034000000000000003400000000000000ffff0000cbff0000130000000e000000ffffff7f0c000000cbff000003000000" +
		"00000000cbff000000000000f08660d30c000000ffffffffffffffff080000000000000065000000000000000400000006000000000000000400000001000000" +
		"01000000b290752a0000000000000000000000000000000000000000000000000000000003000000000000000700000000000000000000000000000000000000" +
		"000000000000000000000100000001000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
	// A client that reset its connection with SO_LINGER 0: its address, the remote port and the counters are gone.
	hexResetGone = "7c010000140000000000000000000000020700008fc00000000000000000000000000000000000007f00000100000000000000000000000000000000bba02a00" +
		"00000000000000000000000002000100000000000000000005000a00060000001c010200070000000000000140420f0000000000008000005800000000000000" +
		"00000000000000000000000000000000000000000000000060e0600000000000ffff0000d7ff00000000000090d00300ffffff7f0a000000cbff000003000000" +
		"00000000d7ff000000000000efb4340d06000000ffffffffffffffff000000000000000000000000000000000000000000000000020001000c00000000000000" +
		"00000000aaaac2a20000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000" +
		"000000000000000000000100000001000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
	// An unconnected UDP socket at 127.0.0.1:54463.
	hexUDPGone = "6000000014000000000000000000000002070000d4bf00007f0000010000000000000000000000000000000000000000000000000000000000000000fb962a00" +
		"000000000000000000000000ffffffff000000000000000005000a0011000000"
	// A UDP socket of [::1]:57938 that was connected to [::1]:9.
	hexUDP6Gone = "600000001400000000000000000000000a010000e2520009000000000000000000000000000000010000000000000000000000000000000100000000fc962a00" +
		"000000000000000000000000ffffffff000000000000000005000a0011000000"
)

func TestParseNotifications(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	end := netip.MustParseAddrPort
	client := sockets.DestroyNotification{
		Time:    now,
		Socket:  sockets.Socket{ID: 0x2a9427, Protocol: sockets.TCP, State: sockets.Close, Local: end("127.0.0.1:36784"), Remote: end("127.0.0.1:38201")},
		TCPInfo: sockets.TCPInfo{Known: true, Sent: 100, Received: 7, RTT: 5293 * time.Microsecond},
	}
	server := sockets.DestroyNotification{
		Time:    now,
		Socket:  sockets.Socket{ID: 0x2aa0ba, Protocol: sockets.TCP, State: sockets.Close, Local: end("127.0.0.1:38201"), Remote: end("127.0.0.1:36784")},
		TCPInfo: sockets.TCPInfo{Known: true, Sent: 7, Received: 101, RTT: 19 * time.Microsecond},
	}
	reset := sockets.DestroyNotification{
		Time:    now,
		Socket:  sockets.Socket{ID: 0x2aa0bb, Protocol: sockets.TCP, State: sockets.Close, Local: end("0.0.0.0:36800"), Remote: end("127.0.0.1:0")},
		TCPInfo: sockets.TCPInfo{Known: true},
	}
	udp := sockets.DestroyNotification{Time: now, Socket: sockets.Socket{ID: 0x2a96fb, Protocol: sockets.UDP, State: sockets.Unconn, Local: end("127.0.0.1:54463")}}
	udp6 := sockets.DestroyNotification{
		Time:   now,
		Socket: sockets.Socket{ID: 0x2a96fc, Protocol: sockets.UDP, State: sockets.Established, V6: true, Local: end("[::1]:57938"), Remote: end("[::1]:9")},
	}
	for _, c := range []struct {
		hex  string
		want []sockets.DestroyNotification
	}{
		{hexClientGone, []sockets.DestroyNotification{client}},
		{hexServerGone, []sockets.DestroyNotification{server}},
		{hexResetGone, []sockets.DestroyNotification{reset}},
		{hexUDPGone, []sockets.DestroyNotification{udp}},
		{hexUDP6Gone, []sockets.DestroyNotification{udp6}},
		{hexClientGone + hexUDPGone + hexServerGone, []sockets.DestroyNotification{client, udp, server}},
		{"", nil},
	} {
		got := parseNotifications(nil, unhex(t, c.hex), now)
		if diff := cmp.Diff(c.want, got, cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b }), cmp.AllowUnexported(sockets.Socket{})); diff != "" {
			t.Error(diff)
		}
	}
}

// A message that is cut off anywhere, or lies about its length, is left out and
// those before it are kept.
func TestParseNotificationsHostile(t *testing.T) {
	whole, next := unhex(t, hexUDPGone), unhex(t, hexServerGone)
	for n := range next {
		if got := parseNotifications(nil, append(whole[:len(whole):len(whole)], next[:n]...), time.Time{}); len(got) != 1 {
			t.Fatalf("%d bytes of the second: %d notices", n, len(got))
		}
	}
	for _, length := range []uint32{0, 15, 16, 87, 1 << 31, 1<<32 - 1} {
		liar := append([]byte(nil), whole...)
		binary.NativeEndian.PutUint32(liar, length)
		if got := parseNotifications(nil, liar, time.Time{}); len(got) != 0 {
			t.Errorf("length %d: %v", length, got)
		}
	}
	// Before Linux 4.19 struct tcp_info was shorter: its numbers are not known.
	short := unhex(t, hexClientGone)
	binary.NativeEndian.PutUint16(short[96:], 4+192)
	binary.NativeEndian.PutUint32(short, 96+4+192)
	if got := parseNotifications(nil, short[:96+4+192], time.Time{}); len(got) != 1 || got[0].TCPInfo.Known {
		t.Errorf("%+v", got)
	}
}

func FuzzParseNotifications(f *testing.F) {
	for _, seed := range []string{hexClientGone, hexServerGone, hexResetGone, hexUDPGone + hexUDP6Gone} {
		f.Add(unhex(f, seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		all := parseNotifications(nil, b, time.Time{})
		if len(all) > len(b)/(nlHeaderLen+diagMessageLen) {
			t.Fatalf("%d notices in %d bytes", len(all), len(b))
		}
		for i := range all {
			s := &all[i].Socket
			if !s.Local.IsValid() || len(s.Owners) > 0 || s.HasUID {
				t.Fatalf("%+v", s)
			}
		}
	})
}
