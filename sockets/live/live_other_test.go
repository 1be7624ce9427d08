//go:build !linux && !darwin && !windows

package live

import (
	"errors"
	"net/netip"
	"runtime"
	"strings"
	"testing"

	"lotop/sockets"
	"lotop/sockets/probe"
)

// Where the tables cannot be read, every way in says so and names the system.
func TestOpenNamesTheSystem(t *testing.T) {
	source, err := Open(Options{})
	if source != nil || !errors.Is(err, sockets.ErrUnsupported) || !strings.Contains(err.Error(), runtime.GOOS) {
		t.Errorf("%v, %v", source, err)
	}
	if err := probe.Bind(sockets.TCP, netip.MustParseAddrPort("127.0.0.1:1"), probe.BindOptions{}); !errors.Is(err, sockets.ErrUnsupported) {
		t.Errorf("bind: %v", err)
	}
	if err := probe.Destroy(&sockets.Socket{}); !errors.Is(err, sockets.ErrUnsupported) {
		t.Errorf("destroy: %v", err)
	}
}
