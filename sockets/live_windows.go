package sockets

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"lotop/sockets/process"
)

// liveSource is the Source of the running kernel: the tables of iphlpapi.dll, which
// need no rights and show every user's sockets.
type liveSource struct {
	ports      []PortRange // nil for all
	procReader *process.Reader
	tables     []ipTable
	buffers    [len(moduleTables)][]byte
	rows       []ipRow
	seen       map[ID]uint32
	processes  map[int32]*process.Process
	host       hostInfo
}

func open(o Options) (Source, error) {
	if o.Kind != Auto {
		return nil, fmt.Errorf("unknown source %q: must be %s on Windows", o.Kind, Auto)
	}
	l := &liveSource{
		ports: o.Ports, procReader: process.NewReader(""), tables: moduleTables[:], seen: map[ID]uint32{},
		processes: map[int32]*process.Process{}, host: hostInfo{interfaces: map[uint32]process.Untrusted{}},
	}
	// What this system does not have shows at once, before there is a screen.
	if _, _, err := l.read(0); err != nil {
		l.tables = pidTables[:]
		if _, _, err := l.read(0); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// Read implements [Source].
func (l *liveSource) Read(ctx context.Context, into *Snapshot) error {
	into.Time = time.Now()
	into.Source = "iphlpapi"
	into.Warnings = into.Warnings[:0]
	into.Ephemeral = defaultEphemeral
	l.rows = l.rows[:0]
	for i := range l.tables {
		if err := ctx.Err(); err != nil {
			return err
		}
		rows, bad, err := l.read(i)
		if errors.Is(err, windows.ERROR_NOT_SUPPORTED) && l.tables[i].v6 {
			continue // this system has no IPv6
		}
		if err != nil {
			return err
		}
		if l.rows = rows; bad != nil {
			into.Warnings = append(into.Warnings, Warning{Kind: TableIncomplete, Text: "the table of " + l.tables[i].protocol.String() + " sockets is incomplete: " + bad.Error()})
		}
	}
	if err := l.assignOwners(); err != nil {
		return err
	}
	assignIDs(l.rows, l.seen)
	into.Sockets = into.Sockets[:0]
	for i := range l.rows {
		into.Sockets = append(into.Sockets, l.rows[i].Socket)
	}
	into.Sockets = OnPorts(into.Sockets, l.ports)
	into.Processes = l.processes
	l.host.fill(into)
	return nil
}

// Close implements [Source].
func (l *liveSource) Close() error { return nil }

// assignOwners looks at the processes after the tables, so that no maker of a socket is
// too young to be seen.
func (l *liveSource) assignOwners() error {
	pids := make(map[int32]bool, len(l.processes))
	for i := range l.rows {
		if pid := l.rows[i].pid; pid != 0 {
			pids[pid] = true
		}
	}
	known, err := l.procReader.ReadAll(pids, l.processes)
	if err != nil {
		return err
	}
	if !maps.Equal(known, l.processes) {
		l.processes = known
	}
	assignOwners(l.rows, l.processes)
	return nil
}

// maxTableSize bounds a table. One of a million sockets takes 160 MB.
const maxTableSize = 512 << 20

// read asks for a table and appends its rows. What of them is missing is told
// by bad.
func (l *liveSource) read(i int) (rows []ipRow, bad, err error) {
	t := &l.tables[i]
	if l.buffers[i] == nil {
		l.buffers[i] = make([]byte, 64<<10)
	}
	for {
		b := l.buffers[i]
		size := uint32(len(b))
		code := ask(t, b, &size)
		switch {
		case code == 0:
			rows, bad = t.parse(l.rows, b) // it says itself how many rows there are
			return rows, bad, nil
		case code != windows.ERROR_INSUFFICIENT_BUFFER:
			return nil, nil, fmt.Errorf("read the table of %s sockets: %w", t.protocol, code)
		case len(b) >= maxTableSize:
			return nil, nil, fmt.Errorf("read the table of %s sockets: larger than %d bytes", t.protocol, maxTableSize)
		}
		// It can grow before the next try, so there is room to spare.
		l.buffers[i] = make([]byte, min(max(2*len(b), int(size)+int(size)/4), maxTableSize))
	}
}

var (
	iphlpapi    = windows.NewLazySystemDLL("iphlpapi.dll")
	getTCPTable = iphlpapi.NewProc("GetExtendedTcpTable")
	getUDPTable = iphlpapi.NewProc("GetExtendedUdpTable")
)

// ask calls Windows, unsorted: lotop sorts by itself. Afterwards size is what the
// table needs if b was too small.
func ask(t *ipTable, b []byte, size *uint32) windows.Errno {
	call, family := getTCPTable, windows.AF_INET
	if t.protocol == UDP {
		call = getUDPTable
	}
	if t.v6 {
		family = windows.AF_INET6
	}
	code, _, _ := call.Call(uintptr(unsafe.Pointer(&b[0])), uintptr(unsafe.Pointer(size)), 0, uintptr(family), uintptr(t.class), 0)
	return windows.Errno(code)
}
