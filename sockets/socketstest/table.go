//go:build linux

package socketstest

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"
)

// State is the state of a socket, numbered as in the kernel.
type State uint8

// The states of /proc/net/tcp, which does not list TCP sockets that are bound
// but not listening.
const (
	StateEstablished State = iota + 1
	StateSynSent
	StateSynRecv
	StateFinWait1
	StateFinWait2
	StateTimeWait
	StateClose // for UDP: unconnected
	StateCloseWait
	StateLastAck
	StateListen
	StateClosing
)

// Row is a row of /proc/net/{tcp,tcp6,udp,udp6}.
type Row struct {
	Local  netip.AddrPort
	Remote netip.AddrPort // the zero value for none
	State  State
	UID    uint32
	Inode  uint64 // 0 if no process owns it
}

// Table reads the kernel's table of a network, tcp4, tcp6, udp4 or udp6,
// independently of the code under test.
func Table(t testing.TB, network string) []Row {
	t.Helper()
	rows, err := readTable(network)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// AwaitState waits until the kernel's table shows the socket in that state.
func AwaitState(t testing.TB, network string, local, remote netip.AddrPort, state State) Row {
	t.Helper()
	var last *Row
	reached := Eventually(func() bool {
		for _, r := range Table(t, network) {
			if r.Local != local || r.Remote != remote {
				continue
			}
			if last = &r; r.State == state {
				return true
			}
		}
		return false
	})
	if !reached {
		t.Fatalf("%s %v → %v did not reach state %d; last state: %+v", network, local, remote, state, last)
	}
	return *last
}

// readTable opens the file again each time: some kernels cannot rewind it. It
// reads the table of this thread's network namespace.
func readTable(network string) ([]Row, error) {
	text, err := os.ReadFile("/proc/thread-self/net/" + strings.TrimSuffix(network, "4"))
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	var rows []Row
	for _, line := range lines[1:] {
		r, err := parseRow(line)
		if err != nil {
			return nil, fmt.Errorf("%s: %q: %w", network, line, err)
		}
		rows = append(rows, r)
	}
	return rows, nil
}

func parseRow(line string) (r Row, err error) {
	f := strings.Fields(line)
	if len(f) < 10 {
		return r, fmt.Errorf("only %d fields", len(f))
	}
	if r.Local, err = parseAddr(f[1]); err != nil {
		return r, err
	}
	if r.Remote, err = parseAddr(f[2]); err != nil {
		return r, err
	}
	if r.Remote.Port() == 0 && r.Remote.Addr().IsUnspecified() {
		r.Remote = netip.AddrPort{}
	}
	state, err := strconv.ParseUint(f[3], 16, 8)
	if err != nil {
		return r, err
	}
	uid, err := strconv.ParseUint(f[7], 10, 32)
	if err != nil {
		return r, err
	}
	r.State, r.UID = State(state), uint32(uid)
	r.Inode, err = strconv.ParseUint(f[9], 10, 64)
	return r, err
}

// parseAddr parses an address that the kernel prints as 32-bit words in its
// own byte order.
func parseAddr(s string) (netip.AddrPort, error) {
	host, port, _ := strings.Cut(s, ":")
	p, err := strconv.ParseUint(port, 16, 16)
	if err != nil {
		return netip.AddrPort{}, err
	}
	raw, err := hex.DecodeString(host)
	if err != nil {
		return netip.AddrPort{}, err
	}
	for i := 0; i+4 <= len(raw); i += 4 {
		binary.NativeEndian.PutUint32(raw[i:], binary.BigEndian.Uint32(raw[i:]))
	}
	addr, ok := netip.AddrFromSlice(raw)
	if !ok {
		return netip.AddrPort{}, fmt.Errorf("not an address: %s", host)
	}
	return netip.AddrPortFrom(addr, uint16(p)), nil
}
