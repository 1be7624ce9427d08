package recording

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// parser parses a line one value at a time, so that the contents of a file
// cannot take more memory than the limits allow.
type parser struct {
	*json.Decoder
	line    []byte
	cgroups []*process.Cgroup // so far
	cost    int               // memory of the values decoded so far, in bytes
	room    int               // limit of cost
}

// delta is a parsed line.
type delta struct {
	snapshot bool // false for notifications and unknown lines
	time     int64
	keyframe bool

	source        *text
	ephemeral     *[2]uint16
	addresses     *[]netip.Addr
	interfaces    map[netip.Addr]untrusted.Text
	warnings      *[]sockets.Warning
	users         []nameLine
	devices       []nameLine
	processes     map[int32]*process.Process
	removed       removedLine
	runs          []int64
	hasRuns       bool // the line has runs, even if they are empty
	rows          []sockets.Socket
	timers        []int64
	notifications []sockets.DestroyNotification
	dropped       int
	knownCgroups  []*process.Cgroup // including those that the line adds
	cost          int               // in bytes of memory
}

// parseLine parses a line; cgroups are those of the lines before it. Its
// values take at most room bytes of memory.
func parseLine(b []byte, cgroups []*process.Cgroup, room int) (*delta, error) {
	p := parser{Decoder: json.NewDecoder(bytes.NewReader(b)), line: b, cgroups: cgroups, room: room}
	var out delta
	out.time, _, out.snapshot = snapshotTime(b)
	err := p.object(func(key string) error { return p.value(key, &out) })
	if err != nil {
		return nil, err
	}
	if _, err := p.Token(); err != io.EOF {
		return nil, errors.New("trailing data after the object")
	}
	out.knownCgroups, out.cost = p.cgroups, p.cost
	return &out, nil
}

// object calls f for each key of an object; f decodes the value.
func (p *parser) object(f func(key string) error) error {
	if err := p.openDelim('{'); err != nil {
		return err
	}
	for p.More() {
		token, err := p.Token()
		if err != nil {
			return err
		}
		key, ok := token.(string)
		if !ok {
			return fmt.Errorf("unknown key %v", token)
		}
		if err := f(key); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	_, err := p.Token()
	return err
}

// list calls f for each element of a list; f decodes it.
func (p *parser) list(limit int, f func() error) error {
	if err := p.openDelim('['); err != nil {
		return err
	}
	for n := 0; p.More(); n++ {
		if n == limit {
			return errLimit
		}
		if err := f(); err != nil {
			return err
		}
	}
	_, err := p.Token()
	return err
}

func (p *parser) openDelim(want json.Delim) error {
	token, err := p.Token()
	if err == nil && token != want {
		err = fmt.Errorf("got %v, expected %v", token, want)
	}
	return err
}

// value decodes the value of a key of a line.
func (p *parser) value(key string, out *delta) error {
	switch key {
	case "notices":
		if out.snapshot {
			return errDelta
		}
		return p.Decode(&out.time)
	case "key":
		p.cgroups = nil
		return p.Decode(&out.keyframe)
	case "cgroups":
		return p.list(maxEntries-len(p.cgroups), p.addCgroup)
	case "from":
		return p.Decode(&out.source)
	case "ephemeral":
		return p.Decode(&out.ephemeral)
	case "addresses":
		return p.addresses(out)
	case "interfaces":
		return p.interfaces(out)
	case "warnings":
		return p.warnings(out)
	case "users":
		return p.names(&out.users)
	case "devices":
		return p.names(&out.devices)
	case "processes":
		return p.processes(out)
	case "ended":
		return p.ended(&out.removed)
	case "table":
		out.hasRuns = true
		return numbers(p, 6*maxSockets, &out.runs)
	case "rows":
		return p.rows(out)
	case "timers":
		return numbers(p, maxSockets, &out.timers)
	case "closed":
		return p.notifications(out)
	case "lost":
		return p.Decode(&out.dropped)
	}
	var ignored json.RawMessage
	return p.Decode(&ignored)
}

func (p *parser) addCgroup() error {
	var l cgroupLine
	if err := p.Decode(&l); err != nil {
		return err
	}
	c := l.cgroup()
	// The capacity is not shared with another list: appending copies.
	p.cgroups = append(p.cgroups, c)
	return p.spend(sizeOfCgroup(c))
}

func (p *parser) ended(out *removedLine) error {
	return p.object(func(key string) error {
		switch key {
		case "users":
			return numbers(p, maxEntries, &out.Users)
		case "devices":
			return numbers(p, maxEntries, &out.Devices)
		case "processes":
			return numbers(p, maxEntries, &out.Processes)
		}
		var ignored json.RawMessage
		return p.Decode(&ignored)
	})
}

// cgroup returns the cgroup with that number, nil for 0.
func (p *parser) cgroup(n int) (*process.Cgroup, error) {
	if n == 0 {
		return nil, nil
	}
	if n < 0 || n > len(p.cgroups) {
		return nil, fmt.Errorf("unknown cgroup %d", n)
	}
	return p.cgroups[n-1], nil
}

func (p *parser) warnings(out *delta) error {
	all := []sockets.Warning{}
	out.warnings = &all
	return p.list(maxEntries, func() error {
		var l warningLine
		if err := p.Decode(&l); err != nil {
			return err
		}
		// Warnings are printed unescaped, so the text has to be safe.
		clean := l.Text.untrusted()
		all = append(all, sockets.Warning{Kind: sockets.WarningKind(l.Kind), Count: l.Count, Text: clean.String()})
		return p.spend(smallSize + sizeOf(clean))
	})
}

func (p *parser) names(to *[]nameLine) error {
	return p.list(maxEntries, func() error {
		var l nameLine
		if err := p.Decode(&l); err != nil {
			return err
		}
		*to = append(*to, l)
		return p.spend(smallSize + 5*len(l.Name)) // escaped text can be four times as long
	})
}

func (p *parser) processes(out *delta) error {
	out.processes = map[int32]*process.Process{}
	return p.list(maxEntries, func() error {
		var l processLine
		if err := p.Decode(&l); err != nil {
			return err
		}
		cgroup, err := p.cgroup(l.Cgroup)
		if err != nil {
			return err
		}
		one := l.process(cgroup)
		out.processes[l.PID] = one
		return p.spend(sizeOfProcess(one))
	})
}

func (p *parser) rows(out *delta) error {
	return p.list(maxSockets, func() error {
		var l socketLine
		if err := p.Decode(&l); err != nil {
			return err
		}
		cgroup, err := p.cgroup(l.Cgroup)
		if err != nil {
			return err
		}
		out.rows = append(out.rows, l.socket(cgroup))
		return p.spend(sizeOfSocket(&out.rows[len(out.rows)-1]))
	})
}

func (p *parser) notifications(out *delta) error {
	before := p.cost
	defer func() { p.cost = before }() // they are not retained
	return p.list(maxNotifications, func() error {
		var l notificationLine
		if err := p.Decode(&l); err != nil {
			return err
		}
		var s socketLine
		if err := json.Unmarshal(l.Socket, &s); err != nil {
			return err
		}
		cgroup, err := p.cgroup(s.Cgroup)
		if err != nil {
			return err
		}
		out.notifications = append(out.notifications, l.notification(s.socket(cgroup)))
		return p.spend(notificationSize + sizeOfSocket(&out.notifications[len(out.notifications)-1].Socket))
	})
}
