package sockdiag

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"lotop/sockets"
)

// Conn is a NETLINK_SOCK_DIAG socket with its buffers. It needs no privileges. It is
// used by one goroutine at a time.
type Conn struct {
	fd      int
	seq     uint32
	dumps   []dumpSpec // the dumps that make up a snapshot
	req     []byte
	buf     []byte
	scratch []sockets.Socket // for the reply to Requery
	filter  []byte           // the port filter, nil for none
}

// errInterrupted means that the tables changed faster than they could be read.
var errInterrupted = errors.New("the table kept changing during the read")

// dumpTimeout limits one read; the kernel answers a dump at once or not at all.
const dumpTimeout = 5 // seconds

// Open opens the socket and makes a first, small request, because some sandboxes
// allow the socket and refuse the request. If ports are given, only sockets whose
// local or remote port is among them are read.
func Open(ports []sockets.PortRange) (*Conn, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return nil, os.NewSyscallError("open sock_diag: socket", err)
	}
	d := &Conn{fd: fd, filter: portBytecode(ports), buf: make([]byte, 32<<10)}
	if err := d.setUp(); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

func (d *Conn) setUp() error {
	if err := unix.Bind(d.fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return os.NewSyscallError("open sock_diag: bind", err)
	}
	tv := unix.Timeval{Sec: dumpTimeout}
	if err := unix.SetsockoptTimeval(d.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &tv); err != nil {
		return os.NewSyscallError("open sock_diag: set timeout", err)
	}
	d.dumps = dualFamilyDumps
	small := dumpSpec{protocol: sockets.TCP, states: listenStates}
	_, _, err := d.dumpOnce(nil, small)
	if err != nil { // the older request alone may be refused
		d.dumps = perFamilyDumps
		small.family = unix.AF_INET6
		_, _, err = d.dumpOnce(nil, small)
	}
	return err
}

// Close closes the socket.
func (d *Conn) Close() { unix.Close(d.fd) }

// dumpSpec describes one dump.
type dumpSpec struct {
	family   uint8 // 0 for both
	protocol sockets.Protocol
	states   uint32
	name     string
}

// dualFamilyDumps reads both families of TCP in one dump. For every dump of TCP the
// kernel walks all of its hash tables, whatever the family: 0.2 ms without a single
// socket, 20 ms with 50,000.
//
// Bound sockets come first, in a dump of their own: a socket that starts to listen or
// to connect in between is read twice (see dedup). In a single dump the kernel lists
// listening, then bound, then connected sockets, so such a socket could be missed,
// and a row would not show which list it came from.
var dualFamilyDumps = []dumpSpec{
	{0, sockets.TCP, boundStates, "TCP"},
	{0, sockets.TCP, allStates &^ boundStates, "TCP"},
	{unix.AF_INET, sockets.UDP, allStates, "UDP over IPv4"},
	{unix.AF_INET6, sockets.UDP, allStates, "UDP over IPv6"},
}

// perFamilyDumps is for kernels and sandboxes that refuse the request for both
// families.
var perFamilyDumps = []dumpSpec{
	{unix.AF_INET, sockets.TCP, boundStates, "TCP over IPv4"},
	{unix.AF_INET6, sockets.TCP, boundStates, "TCP over IPv6"},
	{unix.AF_INET, sockets.TCP, allStates &^ boundStates, "TCP over IPv4"},
	{unix.AF_INET6, sockets.TCP, allStates &^ boundStates, "TCP over IPv6"},
	{unix.AF_INET, sockets.UDP, allStates, "UDP over IPv4"},
	{unix.AF_INET6, sockets.UDP, allStates, "UDP over IPv6"},
}

// Read appends every socket to dst. If a table kept changing, it keeps the last
// result and appends a warning.
func (d *Conn) Read(
	ctx context.Context, dst []sockets.Socket, warnings []sockets.Warning,
) ([]sockets.Socket, []sockets.Warning, error) {
	bound := len(dst)
	for _, t := range d.dumps {
		if err := ctx.Err(); err != nil {
			return dst, warnings, err
		}
		var err error
		dst, err = d.dump(dst, t)
		if t.states == boundStates {
			bound = len(dst)
		}
		if errors.Is(err, errInterrupted) {
			warnings = append(warnings, sockets.Warning{
				Kind: sockets.TableIncomplete,
				Text: t.name + " changed during the read: " +
					"some sockets may be missing or outdated until the next refresh",
			})
			continue
		}
		if t.protocol == sockets.UDP && errors.Is(err, unix.ENOENT) {
			warnings = append(warnings, sockets.Warning{
				Kind: sockets.TableIncomplete,
				Text: t.name + " sockets are missing: this kernel has no udp_diag; " +
					"use --source netstat to read them from /proc/net",
			})
			continue
		}
		if err != nil {
			return dst, warnings, fmt.Errorf("read %s: %w", t.name, err)
		}
	}
	return dedup(dst, bound), warnings, nil
}

// dump reads one table, again if it changed meanwhile.
func (d *Conn) dump(dst []sockets.Socket, t dumpSpec) ([]sockets.Socket, error) {
	start := len(dst)
	for range 4 {
		var interrupted bool
		var err error
		dst, interrupted, err = d.dumpOnce(dst[:start], t)
		if err != nil || !interrupted {
			return dst, err
		}
	}
	return dst, errInterrupted
}

func (d *Conn) dumpOnce(dst []sockets.Socket, t dumpSpec) (_ []sockets.Socket, interrupted bool, err error) {
	d.seq++
	d.req = appendFilter(dumpRequest(d.req[:0], t.family, t.protocol, t.states, d.seq), 0, d.filter)
	dst, interrupted, err = d.exchange(dst, t.protocol, false)
	if errno, ok := err.(syscall.Errno); ok {
		err = os.NewSyscallError("query sock_diag", errno)
	}
	return dst, interrupted, err
}

// request sends a request about one socket and appends the socket in the reply to dst.
func (d *Conn) request(dst []sockets.Socket, s *sockets.Socket, kind, flags uint16) ([]sockets.Socket, error) {
	d.seq++
	d.req = socketRequest(d.req[:0], s, kind, nlmFlagRequest|flags, d.seq)
	dst, _, err := d.exchange(dst, s.Protocol, true)
	return dst, err
}

// exchange sends d.req and appends the sockets in the reply to dst, up to the last
// message or, if single is set, to the first socket. An errno with which the kernel
// refuses the request is returned as it is.
func (d *Conn) exchange(
	dst []sockets.Socket, protocol sockets.Protocol, single bool,
) (_ []sockets.Socket, interrupted bool, err error) {
	if _, err := unix.Write(d.fd, d.req); err != nil {
		return dst, false, os.NewSyscallError("query sock_diag", err)
	}
	start := len(dst)
	for {
		n, err := unix.Read(d.fd, d.buf)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return dst, false, os.NewSyscallError("read sock_diag", err)
		}
		var part dumpPart
		if dst, part, err = parseDumpPart(dst, d.buf[:n], protocol, d.seq); err != nil {
			return dst, false, fmt.Errorf("read sock_diag: %w", err)
		}
		interrupted = interrupted || part.interrupted
		if part.errno != 0 {
			return dst, false, syscall.Errno(part.errno)
		}
		if part.done || single && len(dst) > start {
			return dst, interrupted, nil
		}
	}
}

// Requery asks the kernel for the present state of a socket that had an owner, and
// reports whether it may still have one. If the socket exists without owner, s
// becomes its present state; if it was destroyed, s keeps its last state, without
// inode.
func (d *Conn) Requery(s *sockets.Socket) (open bool) {
	switch {
	case s.Protocol != sockets.TCP, s.State == sockets.Bound, s.State == sockets.Close:
		return true // the kernel does not find these by their addresses
	case s.State == sockets.Listen:
		return true // with SO_REUSEPORT the kernel finds any of several
	}
	got, err := d.request(d.scratch[:0], s, sockDiagByFamily, 0)
	if err != nil {
		if !errors.Is(err, unix.ENOENT) { // also returned if the listener was found: another cookie
			return true
		}
		s.Inode, s.NoOwner = 0, sockets.Orphaned
		return false
	}
	d.scratch = got
	if len(got) == 1 && got[0].ID == s.ID && got[0].Inode == 0 {
		*s = got[0]
		return false
	}
	return true
}
