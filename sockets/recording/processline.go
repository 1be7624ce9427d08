package recording

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// text is a string from outside, stored without loss.
type text string

// base64Text is the JSON of a text that is not valid UTF-8.
type base64Text struct {
	Bytes []byte `json:"base64"`
}

// MarshalJSON implements [json.Marshaler]. Like [untrusted.Text] it escapes
// what a terminal could interpret, in case the file is printed.
func (t text) MarshalJSON() ([]byte, error) {
	if !utf8.ValidString(string(t)) {
		return json.Marshal(base64Text{[]byte(t)})
	}
	return untrusted.New(string(t)).MarshalJSON()
}

// UnmarshalJSON implements [json.Unmarshaler].
func (t *text) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '{' {
		var raw base64Text
		err := json.Unmarshal(b, &raw)
		*t = text(raw.Bytes)
		return err
	}
	return json.Unmarshal(b, (*string)(t))
}

func textOf(t untrusted.Text) text { return text(t.Raw()) }

func (t text) untrusted() untrusted.Text { return untrusted.New(string(t)) }

// cgroupLine is a [process.Cgroup].
type cgroupLine struct {
	Path      text `json:"path,omitempty"`
	Unit      text `json:"unit,omitempty"`
	Container text `json:"container,omitempty"`
	Engine    text `json:"engine,omitempty"`
	Service   text `json:"service,omitempty"`
}

func newCgroupLine(c *process.Cgroup) cgroupLine {
	return cgroupLine{textOf(c.Path), textOf(c.Unit), textOf(c.Container), text(c.Engine), text(c.Service)}
}

func (l *cgroupLine) cgroup() *process.Cgroup {
	return &process.Cgroup{
		Path: l.Path.untrusted(), Unit: l.Unit.untrusted(), Container: l.Container.untrusted(), Engine: string(l.Engine),
		Service: process.Service(l.Service),
	}
}

// processLine is a [process.Process].
type processLine struct {
	PID      int32   `json:"pid"`
	Parent   int     `json:"parent,omitempty"`
	Start    uint64  `json:"start,omitempty"`
	Started  *int64  `json:"started,omitempty"` // ns since 1970
	State    byte    `json:"state,omitempty"`
	UID      uint32  `json:"uid"`
	Account  text    `json:"account,omitempty"`
	Name     text    `json:"name,omitempty"`
	Args     argList `json:"args,omitempty"`
	Command  *text   `json:"command,omitempty"` // if it differs from args joined by spaces
	Cgroup   int     `json:"cgroup,omitempty"`
	Traces   int     `json:"traces,omitempty"`
	Orphaned bool    `json:"orphaned,omitempty"`
}

func newProcessLine(pid int32, p *process.Process) processLine {
	l := processLine{
		PID: pid, Parent: p.Parent, Start: p.Start, State: p.State, UID: p.UID, Account: textOf(p.Account),
		Name: textOf(p.Name), Traces: p.Tracee, Orphaned: p.Orphaned,
	}
	if !p.Started.IsZero() {
		ns := p.Started.UnixNano()
		l.Started = &ns
	}
	for _, arg := range p.Args {
		l.Args = append(l.Args, text(arg))
	}
	if command := textOf(p.Command); string(command) != strings.Join(p.Args, " ") {
		l.Command = &command
	}
	return l
}

func (l *processLine) process(cgroup *process.Cgroup) *process.Process {
	p := &process.Process{
		PID: int(l.PID), Parent: l.Parent, Start: l.Start, State: l.State, UID: l.UID, Account: l.Account.untrusted(),
		Name: l.Name.untrusted(), Tracee: l.Traces, Orphaned: l.Orphaned,
	}
	if l.Started != nil {
		p.Started = fromNano(*l.Started)
	}
	for _, arg := range l.Args {
		p.Args = append(p.Args, string(arg))
	}
	if l.Command != nil {
		p.Command = l.Command.untrusted()
	} else {
		p.Command = untrusted.New(strings.Join(p.Args, " "))
	}
	if cgroup != nil {
		p.Cgroup = *cgroup
	}
	return p
}
