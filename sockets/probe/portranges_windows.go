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

// DefaultEphemeral is what Windows hands out by itself unless somebody has changed it.
var DefaultEphemeral = sockets.PortRange{First: 49152, Last: 65535}

// netshTimeout bounds a run of netsh, which takes a tenth of a second.
const netshTimeout = 3 * time.Second

// readPortRanges asks netsh for the dynamic range: no call of Windows tells it.
func readPortRanges(string) PortRanges {
	r := PortRanges{Ephemeral: DefaultEphemeral}
	if all, ok := parseDynamic(netsh("ipv4", "show", "dynamicport", "tcp")); ok {
		r.Ephemeral = all
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

// netsh returns what netsh interface prints, nothing if it fails.
func netsh(args ...string) []byte {
	folder, err := windows.GetSystemDirectory()
	if err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), netshTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(folder, "netsh.exe"), append([]string{"interface"}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NO_WINDOW}
	out, _ := cmd.Output()
	return out
}
