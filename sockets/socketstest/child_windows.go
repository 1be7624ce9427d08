package socketstest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/windows"
)

// childRole is the role of a child; its argument is the JSON of a ChildConfig.
const childRole = "child"

// ChildConfig is what a child on Windows opens, and how it reacts to being
// asked to exit.
type ChildConfig struct {
	// Sockets are opened in this order: "tcp ADDR" listens, "udp ADDR" is
	// bound, "exclusive ADDR" listens with SO_EXCLUSIVEADDRUSE, "bound ADDR"
	// is TCP that does not listen, "dial ADDR" connects.
	Sockets []string
	Flags   uint32 // for CreateProcess, such as CREATE_NEW_CONSOLE
	IgnoresCtrlC,
	Window bool // has a window, and exits when that is closed
	ConsolePeer bool     // starts another child on the same console
	Args        []string // after the program's name
}

// Child is a child process that keeps sockets open until the test ends.
type Child struct {
	PID         int
	ConsolePeer int              // its PID
	Local       []netip.AddrPort // of the sockets
	lines       *bufio.Scanner
	cmd         *exec.Cmd
}

// StartChild starts a child. It exits with the test, also if the test is
// killed, because its standard input closes then.
func StartChild(t testing.TB, h ChildConfig) *Child {
	t.Helper()
	config, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	cmd := RoleCommand(childRole, string(config), h.Args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: h.Flags}
	cmd.Stderr = os.Stderr
	in, err1 := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &Child{PID: cmd.Process.Pid, lines: bufio.NewScanner(out), cmd: cmd}
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Process.Kill() // it may have exited
		_ = cmd.Wait()
	})
	for range h.Sockets {
		line := c.Line()
		at, err := netip.ParseAddrPort(line)
		if err != nil {
			t.Fatalf("unexpected line from the child: %q", line)
		}
		c.Local = append(c.Local, at)
	}
	if h.ConsolePeer {
		if c.ConsolePeer, err = strconv.Atoi(c.Line()); err != nil {
			t.Fatal(err)
		}
	}
	if line := c.Line(); line != "ready" {
		t.Fatalf("unexpected line from the child: %q", line)
	}
	return c
}

// Line returns the next line that the child prints, empty after it has
// exited.
func (h *Child) Line() string {
	h.lines.Scan()
	return strings.TrimSpace(h.lines.Text())
}

// Close terminates the child and waits. Under Wine its sockets can remain
// open briefly after it.
func (h *Child) Close() {
	_ = h.cmd.Process.Kill() // it may have exited
	_, _ = h.cmd.Process.Wait()
}

func childRoles() []Role { return []Role{{Name: childRole, Run: runChild}} }

func executable() (string, error) { return os.Executable() }

func runChild(config string) error {
	var h ChildConfig
	if err := json.Unmarshal([]byte(config), &h); err != nil {
		return err
	}
	return h.serve()
}

// exclusiveAddrUse is SO_EXCLUSIVEADDRUSE of winsock2.h.
const exclusiveAddrUse = ^windows.SO_REUSEADDR

// socket opens a socket by direct calls: Wine does not implement the options
// that net sets on UDP.
func socket(spec string) (netip.AddrPort, error) {
	kind, address, _ := strings.Cut(spec, " ")
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return at, err
	}
	family, typ, protocol := windows.AF_INET, windows.SOCK_STREAM, windows.IPPROTO_TCP
	if at.Addr().Is6() {
		family = windows.AF_INET6
	}
	if kind == "udp" {
		typ, protocol = windows.SOCK_DGRAM, windows.IPPROTO_UDP
	}
	s, err := windows.Socket(family, typ, protocol)
	if err != nil {
		return at, os.NewSyscallError("socket", err)
	}
	var to windows.Sockaddr = &windows.SockaddrInet4{Port: int(at.Port()), Addr: ipv4Bytes(at.Addr())}
	if at.Addr().Is6() {
		to = &windows.SockaddrInet6{Port: int(at.Port()), Addr: at.Addr().As16()}
	}
	if kind == "dial" {
		err = windows.Connect(s, to)
	} else {
		err = listen(s, kind, to)
	}
	if err != nil {
		return at, fmt.Errorf("%s: %w", spec, err)
	}
	name, err := windows.Getsockname(s)
	switch local := name.(type) {
	case *windows.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(local.Addr), uint16(local.Port)), nil
	case *windows.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(local.Addr), uint16(local.Port)), nil
	}
	return at, err
}

func listen(s windows.Handle, kind string, at windows.Sockaddr) error {
	if kind == "exclusive" {
		if err := windows.SetsockoptInt(s, windows.SOL_SOCKET, exclusiveAddrUse, 1); err != nil {
			return err
		}
	}
	if err := windows.Bind(s, at); err != nil {
		return err
	}
	if kind == "bound" {
		return nil
	}
	// Wine reports the owner of a socket only once an option was set after the bind.
	if kind == "udp" {
		return windows.SetsockoptInt(s, windows.SOL_SOCKET, windows.SO_BROADCAST, 1)
	}
	if err := windows.Listen(s, 16); err != nil {
		return err
	}
	return windows.SetsockoptInt(s, windows.SOL_SOCKET, windows.SO_KEEPALIVE, 1)
}

func ipv4Bytes(a netip.Addr) (b [4]byte) {
	if a.Is4() {
		b = a.As4()
	}
	return b
}
