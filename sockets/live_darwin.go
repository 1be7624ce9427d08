package sockets

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"lotop/sockets/process"
)

// liveSource is the Source of the running kernel: the sysctls
// net.inet.{tcp,udp}.pcblist_n, which need no privilege.
type liveSource struct {
	ports      []PortRange // nil for all
	procReader *process.Reader
	pcbs       []pcb
	traffic    map[ID]TCPInfo // as of the last Read
	host       hostInfo
}

func open(o Options) (Source, error) {
	if o.Kind != Auto {
		return nil, fmt.Errorf("unknown source %q: must be auto on macOS", o.Kind)
	}
	return &liveSource{ports: o.Ports, procReader: process.NewReader(""), host: hostInfo{interfaces: map[uint32]process.Untrusted{}}}, nil
}

// Read implements [Source].
func (l *liveSource) Read(ctx context.Context, into *Snapshot) error {
	into.Sockets, into.Warnings = into.Sockets[:0], into.Warnings[:0]
	into.Time, into.Source = time.Now(), "pcblist_n"
	l.pcbs = l.pcbs[:0]
	for _, t := range [...]struct {
		name     string
		protocol Protocol
	}{{"net.inet.tcp.pcblist_n", TCP}, {"net.inet.udp.pcblist_n", UDP}} {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := l.readTable(t.name, t.protocol); errors.Is(err, ErrTruncated) {
			into.Warnings = append(into.Warnings, Warning{Kind: TableIncomplete, Text: "some sockets are missing: " + err.Error()})
		} else if err != nil {
			return err
		}
	}
	l.appendSockets(into)
	l.host.fill(into)
	into.Ephemeral = readPortRanges("").Ephemeral
	return nil
}

// readTable asks again while the table outgrows the room that the kernel itself
// asked for.
func (l *liveSource) readTable(name string, protocol Protocol) error {
	const tries = 8
	var b []byte
	err := error(unix.ENOMEM)
	for i := 0; i < tries && err == unix.ENOMEM; i++ {
		b, err = unix.SysctlRaw(name)
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	l.pcbs, err = parsePCBs(l.pcbs, b, protocol)
	return err
}

// appendSockets fills in the sockets, with their owners and users.
func (l *liveSource) appendSockets(into *Snapshot) {
	into.Processes = map[int32]*process.Process{}
	into.Users = map[uint32]process.Untrusted{}
	l.traffic = make(map[ID]TCPInfo, len(l.pcbs))
	for i := range l.pcbs {
		p := &l.pcbs[i]
		l.addOwner(p, into.Processes)
		if p.HasUID {
			into.Users[p.UID] = l.procReader.Users().Name(p.UID)
		}
		l.traffic[p.ID] = p.traffic
		into.Sockets = append(into.Sockets, p.Socket)
	}
	into.Sockets = OnPorts(into.Sockets, l.ports)
}

// addOwner names the process that used the socket last. The table does not tell
// who else holds it, nor who inherited it from one that has ended.
func (l *liveSource) addOwner(p *pcb, all map[int32]*process.Process) {
	if p.NoOwner != NoReason {
		return
	}
	for _, pid := range [...]int32{p.lastPID, p.ownerPID} {
		if pid <= 0 {
			continue
		}
		if all[pid] == nil {
			who, err := l.procReader.Read(int(pid))
			if errors.Is(err, process.ErrGone) {
				continue
			}
			if err == nil {
				all[pid] = who
			}
		}
		p.Owners = []Owner{{PID: pid, FD: -1}}
		return
	}
	p.NoOwner = NotLookedUp
	if p.lastPID == 0 {
		p.NoOwner = KernelOwned
	}
}

// Info implements [Informer], with the counts of the last Read.
func (l *liveSource) Info(dst []TCPInfo, all []*Socket) []TCPInfo {
	for _, s := range all {
		dst = append(dst, l.traffic[s.ID])
	}
	return dst
}

// Close implements [Source].
func (l *liveSource) Close() error { return nil }
