package live

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"lotop/sockets"
	"lotop/sockets/pcblist"
	"lotop/sockets/probe"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// source is the Source of the running kernel: the sysctls
// net.inet.{tcp,udp}.pcblist_n, which need no privileges.
type source struct {
	ports      []sockets.PortRange // nil for all
	procReader *process.Reader
	pcbs       []pcblist.PCB
	traffic    map[sockets.ID]sockets.TCPInfo // of the last Read
	host       hostInfo
}

func open(o Options) (sockets.Source, error) {
	if o.Kind != Auto {
		return nil, fmt.Errorf("unknown source %q: must be auto on macOS", o.Kind)
	}
	return &source{
		ports: o.Ports, procReader: process.NewReader(""),
		host: hostInfo{interfaces: map[uint32]untrusted.Text{}},
	}, nil
}

// Read implements [sockets.Source].
func (l *source) Read(ctx context.Context, into *sockets.Snapshot) error {
	into.Sockets, into.Warnings = into.Sockets[:0], into.Warnings[:0]
	into.Time, into.Source = time.Now(), "pcblist_n"
	l.pcbs = l.pcbs[:0]
	for _, t := range [...]struct {
		name     string
		protocol sockets.Protocol
	}{{"net.inet.tcp.pcblist_n", sockets.TCP}, {"net.inet.udp.pcblist_n", sockets.UDP}} {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := l.readTable(t.name, t.protocol); errors.Is(err, pcblist.ErrTruncated) {
			into.Warnings = append(into.Warnings, sockets.Warning{
				Kind: sockets.TableIncomplete, Text: "some sockets are missing: " + err.Error(),
			})
		} else if err != nil {
			return err
		}
	}
	l.appendSockets(into)
	l.host.fill(into)
	into.Ephemeral = probe.ReadPortRanges().Ephemeral
	return nil
}

// readTable reads a table, again if it has outgrown the buffer size that the kernel
// asked for.
func (l *source) readTable(name string, protocol sockets.Protocol) error {
	const tries = 8
	var b []byte
	err := error(unix.ENOMEM)
	for i := 0; i < tries && err == unix.ENOMEM; i++ {
		b, err = unix.SysctlRaw(name)
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	l.pcbs, err = pcblist.Parse(l.pcbs, b, protocol)
	return err
}

// appendSockets appends the sockets with their owners and users.
func (l *source) appendSockets(into *sockets.Snapshot) {
	into.Processes = map[int32]*process.Process{}
	into.Users = map[uint32]untrusted.Text{}
	l.traffic = make(map[sockets.ID]sockets.TCPInfo, len(l.pcbs))
	for i := range l.pcbs {
		p := &l.pcbs[i]
		l.addOwner(p, into.Processes)
		if p.HasUID {
			into.Users[p.UID] = l.procReader.Users().Name(p.UID)
		}
		l.traffic[p.ID] = p.Traffic
		into.Sockets = append(into.Sockets, p.Socket)
	}
	into.Sockets = sockets.FilterPorts(into.Sockets, l.ports)
}

// addOwner sets the process that used the socket last as its owner. The table
// contains no other owners, and none that inherited the socket from a process that
// has exited.
func (l *source) addOwner(p *pcblist.PCB, all map[int32]*process.Process) {
	if p.NoOwner != sockets.NoReason {
		return
	}
	for _, pid := range [...]int32{p.LastPID, p.OwnerPID} {
		if pid <= 0 {
			continue
		}
		if all[pid] == nil {
			owner, err := l.procReader.Read(int(pid))
			if errors.Is(err, process.ErrGone) {
				continue
			}
			if err == nil {
				all[pid] = owner
			}
		}
		p.Owners = []sockets.Owner{{PID: pid, FD: -1}}
		return
	}
	p.NoOwner = sockets.NotLookedUp
	if p.LastPID == 0 {
		p.NoOwner = sockets.KernelOwned
	}
}

// Info implements [sockets.TCPInfoReader] with the counters of the last Read.
func (l *source) Info(dst []sockets.TCPInfo, all []*sockets.Socket) []sockets.TCPInfo {
	for _, s := range all {
		dst = append(dst, l.traffic[s.ID])
	}
	return dst
}

// Close implements [sockets.Source].
func (l *source) Close() error { return nil }
