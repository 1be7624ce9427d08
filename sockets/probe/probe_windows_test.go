package probe

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"
	"testing"

	"lotop/sockets"
	"lotop/sockets/socketstest"
)

func TestTryBind(t *testing.T) {
	child := socketstest.StartChild(t, socketstest.ChildConfig{
		Sockets: []string{"tcp 127.0.0.1:0", "udp 127.0.0.1:0", "exclusive 127.0.0.1:0", "exclusive 0.0.0.0:0", "tcp [::1]:0"},
	})
	const exclusive = 3
	for i, local := range child.Local {
		protocol := sockets.TCP
		if i == 1 {
			protocol = sockets.UDP
		}
		for _, reuse := range []bool{false, true} {
			err := Bind(protocol, local, BindOptions{ReuseAddr: reuse})
			if i == exclusive && errors.Is(err, syscall.EACCES) && ErrnoName(err) == "EACCES" {
				continue // 10013
			}
			if !errors.Is(err, syscall.EADDRINUSE) || ErrnoName(err) != "EADDRINUSE" {
				t.Errorf("%v, reuse %t: %v", local, reuse, err)
			}
		}
	}
	child.Close()
	for _, local := range child.Local {
		socketstest.AwaitAnswer(t, "ok", func() string { return ErrnoName(Bind(sockets.TCP, local, BindOptions{})) })
	}
	elsewhere := netip.MustParseAddrPort("192.0.2.1:0")
	if err := Bind(sockets.TCP, elsewhere, BindOptions{}); ErrnoName(err) != "EADDRNOTAVAIL" {
		t.Errorf("%v: %v", elsewhere, err)
	}
	if err := Bind(sockets.TCP, netip.MustParseAddrPort("[::]:0"), BindOptions{DualStack: true}); err != nil {
		t.Error(err)
	}
}

func TestTryConnect(t *testing.T) {
	child := socketstest.StartChild(t, socketstest.ChildConfig{Sockets: []string{"tcp 127.0.0.1:0"}})
	if got := Connect(t.Context(), child.Local[0]); got != "open" {
		t.Error(got)
	}
	child.Close()
	socketstest.AwaitAnswer(t, "refused", func() string { return Connect(t.Context(), child.Local[0]) })
}

func TestErrnoNames(t *testing.T) {
	for code, known := range winsockErrnos {
		err := fmt.Errorf("bind: %w", toPOSIX(fmt.Errorf("call: %w", code)))
		if !errors.Is(err, known.errno) || ErrnoName(err) != known.name || ErrnoName(code) != known.name {
			t.Errorf("%d: %v, %q", uintptr(code), err, ErrnoName(code))
		}
	}
}

func TestPortRanges(t *testing.T) {
	if r := ReadPortRanges(); r.Ephemeral.Last == 0 {
		t.Errorf("%+v", r)
	}
	ExcludedPorts(sockets.TCP, false) // whatever this machine has: it must not fail
}
