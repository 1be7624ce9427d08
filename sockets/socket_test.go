package sockets

import (
	"math"
	"net/netip"
	"testing"
	"time"
)

func TestNames(t *testing.T) {
	for got, want := range map[string]string{
		ID(0).String():                    "0000000000000000",
		ID(0x12d9ea).String():             "000000000012d9ea",
		ID(1<<64 - 1).String():            "ffffffffffffffff",
		TCP.String():                      "tcp",
		UDP.String():                      "udp",
		Protocol(132).String():            "protocol 132",
		Listen.String():                   "LISTEN",
		FinWait2.String():                 "FIN_WAIT2",
		Bound.String():                    "BOUND",
		Unconn.String():                   "UNCONN",
		State(12).String():                "STATE_12",
		State(255).String():               "STATE_255",
		NoReason.String():                 "",
		OtherNamespace.String():           "other_namespace",
		NotLookedUp.String():              "not_looked_up",
		NoOwnerReason(99).String() + "-r": "-r",
		TimeWaitTimer.String():            "time_wait",
		Timer(99).String() + "-t":         "-t",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for _, s := range States() {
		if s.String()[:min(6, len(s.String()))] == "STATE_" {
			t.Errorf("state %d has no name", s)
		}
	}
	if n := len(States()); n != 13 {
		t.Errorf("%d states", n)
	}
}

func TestPortRange(t *testing.T) {
	r := PortRange{First: 32768, Last: 60999}
	for port, want := range map[uint16]bool{32767: false, 32768: true, 60999: true, 61000: false, 0: false} {
		if r.Contains(port) != want {
			t.Errorf("%d: %v", port, !want)
		}
	}
	if (PortRange{}).Contains(0) {
		t.Error("the empty range contains 0")
	}
}

func TestDualStack(t *testing.T) {
	wide := netip.MustParseAddrPort("[::]:80")
	for _, tt := range []struct {
		name string
		s    Socket
		want bool
	}{
		{"dual", Socket{Local: wide, V6: true, V6Only: No}, true},
		{"v6only", Socket{Local: wide, V6: true, V6Only: Yes}, false},
		{"not told", Socket{Local: wide, V6: true}, false},
		{"::1", Socket{Local: netip.MustParseAddrPort("[::1]:80"), V6: true, V6Only: No}, false},
		{"IPv4", Socket{Local: netip.MustParseAddrPort("0.0.0.0:80")}, false},
		{"mapped wildcard", Socket{Local: netip.MustParseAddrPort("0.0.0.0:80"), V6: true, V4Mapped: true, V6Only: No}, false},
	} {
		if tt.s.DualStack() != tt.want {
			t.Errorf("%s: %v", tt.name, !tt.want)
		}
	}
}

// The kernel reports timers as 32-bit milliseconds, in which rounding up would
// overflow.
func TestTimerSeconds(t *testing.T) {
	for left, want := range map[time.Duration]int{
		0: 0, time.Millisecond: 1, time.Second: 1, 1001 * time.Millisecond: 2, math.MaxUint32 * time.Millisecond: 4_294_968,
	} {
		if s := (&Socket{TimerLeft: left}); s.TimerSeconds() != want {
			t.Errorf("%v: %d s, want %d", left, s.TimerSeconds(), want)
		}
	}
}

func TestLoopbackOf(t *testing.T) {
	for addr, want := range map[string]string{"0.0.0.0": "127.0.0.1", "10.0.0.1": "127.0.0.1", "::": "::1", "fe80::1": "::1"} {
		if got := LoopbackOf(netip.MustParseAddr(addr)); got.String() != want {
			t.Errorf("%s: %s, want %s", addr, got, want)
		}
	}
}
