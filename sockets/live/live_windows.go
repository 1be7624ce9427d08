package live

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"lotop/sockets"
	"lotop/sockets/iphlpapi"
	"lotop/sockets/probe"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// source is the Source of the running kernel: the tables of iphlpapi.dll, which need
// no privileges and contain the sockets of every user.
type source struct {
	ports      []sockets.PortRange // nil for all
	procReader *process.Reader
	tables     []iphlpapi.Table
	buffers    [len(iphlpapi.ModuleTables)][]byte
	rows       []iphlpapi.Row
	seen       map[sockets.ID]uint32
	processes  map[int32]*process.Process
	host       hostInfo
}

func open(o Options) (sockets.Source, error) {
	if o.Kind != Auto {
		return nil, fmt.Errorf("unknown source %q: must be %s on Windows", o.Kind, Auto)
	}
	l := &source{
		ports: o.Ports, procReader: process.NewReader(""), tables: iphlpapi.ModuleTables[:],
		seen: map[sockets.ID]uint32{}, processes: map[int32]*process.Process{},
		host: hostInfo{interfaces: map[uint32]untrusted.Text{}},
	}
	// Read once, so that what this system does not support fails here.
	if _, _, err := l.read(0); err != nil {
		l.tables = iphlpapi.PIDTables[:]
		if _, _, err := l.read(0); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// Read implements [sockets.Source].
func (l *source) Read(ctx context.Context, into *sockets.Snapshot) error {
	into.Time = time.Now()
	into.Source = "iphlpapi"
	into.Warnings = into.Warnings[:0]
	into.Ephemeral = probe.DefaultEphemeral
	l.rows = l.rows[:0]
	for i := range l.tables {
		if err := ctx.Err(); err != nil {
			return err
		}
		rows, bad, err := l.read(i)
		if errors.Is(err, windows.ERROR_NOT_SUPPORTED) && l.tables[i].V6 {
			continue // this system has no IPv6
		}
		if err != nil {
			return err
		}
		if l.rows = rows; bad != nil {
			into.Warnings = append(into.Warnings, sockets.Warning{
				Kind: sockets.TableIncomplete,
				Text: "the table of " + l.tables[i].Protocol.String() + " sockets is incomplete: " + bad.Error(),
			})
		}
	}
	if err := l.assignOwners(); err != nil {
		return err
	}
	iphlpapi.AssignIDs(l.rows, l.seen)
	into.Sockets = into.Sockets[:0]
	for i := range l.rows {
		into.Sockets = append(into.Sockets, l.rows[i].Socket)
	}
	into.Sockets = sockets.FilterPorts(into.Sockets, l.ports)
	into.Processes = l.processes
	l.host.fill(into)
	return nil
}

// Close implements [sockets.Source].
func (l *source) Close() error { return nil }

// assignOwners reads the processes after the tables, so that every creator of a
// socket has started by then.
func (l *source) assignOwners() error {
	pids := make(map[int32]bool, len(l.processes))
	for i := range l.rows {
		if pid := l.rows[i].PID; pid != 0 {
			pids[pid] = true
		}
	}
	processes, err := l.procReader.ReadAll(pids, l.processes)
	if err != nil {
		return err
	}
	if !maps.Equal(processes, l.processes) {
		l.processes = processes
	}
	iphlpapi.AssignOwners(l.rows, l.processes)
	return nil
}

// maxTableSize limits the size of a table. One of a million sockets takes 160 MB.
const maxTableSize = 512 << 20

// read reads a table and appends its rows. If it is truncated, bad says where.
func (l *source) read(i int) (rows []iphlpapi.Row, bad, err error) {
	t := &l.tables[i]
	if l.buffers[i] == nil {
		l.buffers[i] = make([]byte, 64<<10)
	}
	for {
		b := l.buffers[i]
		size := uint32(len(b))
		code := queryTable(t, b, &size)
		switch {
		case code == 0:
			rows, bad = t.Parse(l.rows, b) // b starts with the number of rows
			return rows, bad, nil
		case code != windows.ERROR_INSUFFICIENT_BUFFER:
			return nil, nil, fmt.Errorf("read the table of %s sockets: %w", t.Protocol, code)
		case len(b) >= maxTableSize:
			return nil, nil, fmt.Errorf("read the table of %s sockets: larger than %d bytes", t.Protocol, maxTableSize)
		}
		// Leave room, because the table can grow before the next try.
		l.buffers[i] = make([]byte, min(max(2*len(b), int(size)+int(size)/4), maxTableSize))
	}
}

var (
	dll         = windows.NewLazySystemDLL("iphlpapi.dll")
	getTCPTable = dll.NewProc("GetExtendedTcpTable")
	getUDPTable = dll.NewProc("GetExtendedUdpTable")
)

// queryTable calls Windows for an unsorted table. If b is too small, it sets size to
// the size that the table needs.
func queryTable(t *iphlpapi.Table, b []byte, size *uint32) windows.Errno {
	call, family := getTCPTable, windows.AF_INET
	if t.Protocol == sockets.UDP {
		call = getUDPTable
	}
	if t.V6 {
		family = windows.AF_INET6
	}
	code, _, _ := call.Call(uintptr(unsafe.Pointer(&b[0])), uintptr(unsafe.Pointer(size)),
		0, uintptr(family), uintptr(t.Class), 0)
	return windows.Errno(code)
}
