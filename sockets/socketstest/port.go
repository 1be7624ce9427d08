//go:build linux

package socketstest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// FreePort returns a port outside the ephemeral range that can be bound now,
// without any option, on 127.0.0.1, 0.0.0.0, ::1 and ::. The network is tcp
// or udp. The port is not reserved.
func FreePort(t testing.TB, network string) uint16 {
	t.Helper()
	for range 10_000 {
		if port := RandomPort(t); bindable(network, port) {
			return port
		}
	}
	t.Fatalf("no free %s port outside the ephemeral port range", network)
	return 0
}

// handedOut are the ports that tests of this process have got. Tests that run at the
// same time share it: one would see the port that it has freed in use again.
var handedOut sync.Map

// RandomPort returns a port outside the ephemeral range; it may be in use. It
// is chosen at random because the tests of other packages choose theirs at
// the same time.
func RandomPort(t testing.TB) uint16 {
	t.Helper()
	text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		t.Fatal(err)
	}
	var first, last uint16
	if _, err := fmt.Sscan(string(text), &first, &last); err != nil {
		t.Fatalf("ip_local_port_range %q: %v", text, err)
	}
	for range 10_000 {
		if port := uint16(1024 + rand.IntN(1<<16-1024)); port < first || port > last {
			if _, taken := handedOut.LoadOrStore(port, true); !taken {
				return port
			}
		}
	}
	t.Fatalf("the ephemeral port range covers all ports: %d-%d", first, last)
	return 0
}

func bindable(network string, port uint16) bool {
	for _, b := range []struct{ family, host string }{
		{"4", "127.0.0.1"}, {"4", "0.0.0.0"}, {"6", "[::1]"}, {"6", "[::]"},
	} {
		q := request{Do: cmdBind, Network: network + b.family, Address: fmt.Sprintf("%s:%d", b.host, port)}
		if b.family == "6" {
			q.Options = []SockOption{DualStack}
		}
		s, err := open(q)
		if err == nil {
			_ = unix.Close(s.FD)
		} else if !errors.Is(err, unix.EAFNOSUPPORT) && !errors.Is(err, unix.EADDRNOTAVAIL) {
			// A machine without IPv6 has only two of the four.
			return false
		}
	}
	return true
}
