package live

import (
	"context"
	"fmt"
	"maps"
	"time"

	"lotop/sockets"
	"lotop/sockets/probe"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// tableReader reads the socket tables through sock_diag or go-netstat.
type tableReader interface {
	// read sets into.Sockets to everything that the tables contain, and appends to
	// into.Warnings.
	read(ctx context.Context, into *sockets.Snapshot) error
	close()
}

// source is the Source of the running kernel.
type source struct {
	proc      string
	reader    tableReader
	users     *process.Users
	userNames map[uint32]untrusted.Text
	host      hostInfo
	now       func() time.Time
}

func open(o Options) (sockets.Source, error) {
	procReader := process.NewReader(o.Proc)
	r, err := openTableReader(o, procReader)
	if err != nil {
		return nil, err
	}
	return &source{
		proc:      o.Proc,
		reader:    r,
		users:     procReader.Users(),
		userNames: map[uint32]untrusted.Text{},
		host:      hostInfo{interfaces: map[uint32]untrusted.Text{}},
		now:       time.Now,
	}, nil
}

func openTableReader(o Options, procReader *process.Reader) (tableReader, error) {
	switch o.Kind {
	case SockDiag:
		return openDiagReader(o, procReader)
	case Netstat:
		return openNetstat(o, procReader, "")
	case Auto:
		r, diagErr := openDiagReader(o, procReader)
		if diagErr == nil {
			return r, nil
		}
		fallback, err := openNetstat(o, procReader, fallbackReason(o.Proc, diagErr))
		if err != nil {
			return nil, fmt.Errorf("cannot read the socket tables: %w; %w", diagErr, err)
		}
		return fallback, nil
	}
	return nil, fmt.Errorf("unknown source %q: must be one of: auto, diag, netstat", o.Kind)
}

// Read implements [sockets.Source].
func (l *source) Read(ctx context.Context, into *sockets.Snapshot) error {
	into.Sockets = into.Sockets[:0]
	into.Warnings = into.Warnings[:0]
	into.Time = l.now()
	into.Ephemeral = probe.EphemeralRange(l.proc)
	if err := l.reader.read(ctx, into); err != nil {
		return err
	}
	l.nameUsers(into.Sockets)
	into.Users = l.userNames
	l.host.fill(into)
	return nil
}

// Close implements [sockets.Source].
func (l *source) Close() error {
	l.reader.close()
	return nil
}

func (l *source) nameUsers(all []sockets.Socket) {
	last, cloned := uint32(1<<32-1), false
	for i := range all {
		s := &all[i]
		if !s.HasUID || s.UID == last {
			continue
		}
		last = s.UID
		if _, ok := l.userNames[last]; ok {
			continue
		}
		if !cloned {
			l.userNames, cloned = maps.Clone(l.userNames), true
		}
		l.userNames[last] = l.users.Name(last)
	}
}

// Info implements [sockets.TCPInfoReader]. Only sock_diag has the counters.
func (l *source) Info(dst []sockets.TCPInfo, all []*sockets.Socket) []sockets.TCPInfo {
	r, ok := l.reader.(*diagReader)
	for _, s := range all {
		var i sockets.TCPInfo
		if ok && s.Protocol == sockets.TCP && s.Connected() {
			i = r.diag.TCPInfo(s)
		}
		dst = append(dst, i)
	}
	return dst
}
