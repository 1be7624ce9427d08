package probe

import (
	"context"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/windows"

	"lotop/sockets"
)

// DefaultEphemeral is the ephemeral range of Windows unless it was changed.
var DefaultEphemeral = sockets.PortRange{First: 49152, Last: 65535}

// netshTimeout limits one run of netsh, which takes a tenth of a second.
const netshTimeout = 3 * time.Second

// readPortRanges runs netsh for the dynamic range: no system call returns it.
func readPortRanges(string) PortRanges {
	r := PortRanges{Ephemeral: DefaultEphemeral}
	if dynamic, ok := parseDynamic(netsh("ipv4", "show", "dynamicport", "tcp")); ok {
		r.Ephemeral = dynamic
	}
	return r
}

func excludedPorts(p sockets.Protocol, v6 bool) []sockets.PortRange {
	family := "ipv4"
	if v6 {
		family = "ipv6"
	}
	return parseExcluded(netsh(family, "show", "excludedportrange", "protocol="+p.String()))
}

// netsh returns the output of netsh interface, nothing if it fails.
func netsh(args ...string) []byte {
	dir, err := windows.GetSystemDirectory()
	if err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), netshTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(dir, "netsh.exe"), append([]string{"interface"}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NO_WINDOW}
	out, _ := cmd.Output()
	return out
}
