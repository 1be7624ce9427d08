//go:build !linux && !darwin && !windows

package sockets

import (
	"errors"
	"net/netip"
	"runtime"
	"strings"
	"testing"
)

// Where the tables cannot be read, every way in says so and names the system.
func TestOpenNamesTheSystem(t *testing.T) {
	source, err := Open(Options{})
	if source != nil || !errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), runtime.GOOS) {
		t.Errorf("%v, %v", source, err)
	}
	if err := TryBind(TCP, netip.MustParseAddrPort("127.0.0.1:1"), BindOptions{}); !errors.Is(err, ErrUnsupported) {
		t.Errorf("bind: %v", err)
	}
	if err := Destroy(&Socket{}); !errors.Is(err, ErrUnsupported) {
		t.Errorf("destroy: %v", err)
	}
}
