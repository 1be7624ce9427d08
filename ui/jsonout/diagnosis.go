package jsonout

import (
	"bufio"
	"encoding/json"
	"net/netip"

	"lotop/model/bind"
)

// Diagnosis is the JSON of lotop why.
type Diagnosis struct {
	Target   Target       `json:"target"`
	Verdict  bind.Verdict `json:"verdict"`
	Binds    []Bind       `json:"binds"`
	Connects []Connect    `json:"connects,omitempty"`
	Blockers []Blocker    `json:"holders"`
	// Elsewhere is what serves the port at other addresses, if nothing does at
	// those of the target.
	Elsewhere []Socket `json:"elsewhere,omitempty"`
	Remedies  []Remedy `json:"remedies,omitempty"` // that apply to no single blocker
	Notes     []string `json:"notes,omitempty"`
}

type Target struct {
	Protocol string `json:"protocol"`
	Address  string `json:"address,omitempty"` // if the target has one
	Port     uint16 `json:"port"`
}

type Bind struct {
	Address string          `json:"address"`
	Plain   bind.BindStatus `json:"plain"`
	Reuse   bind.BindStatus `json:"reuse,omitempty"` // absent if only plain binds count
}

// Connect is what a client meets. Result is listening where a listener was found and
// none connected, else what became of a connection.
type Connect struct {
	Address string `json:"address"`
	Result  string `json:"result"`
	Queue   *Queue `json:"queue,omitempty"`
}

type Blocker struct {
	Socket        *Socket    `json:"socket,omitempty"`
	Cause         bind.Cause `json:"cause"`
	Blocks        []string   `json:"blocks"`
	BlocksReuse   []string   `json:"blocks_reuse"`
	MayBlock      []string   `json:"may_block,omitempty"`
	MayBlockReuse []string   `json:"may_block_reuse,omitempty"`
	Remedies      []Remedy   `json:"remedies"`
}

type Remedy struct {
	Action    bind.Action `json:"action"`
	PID       int         `json:"pid,omitempty"`
	Unit      string      `json:"unit,omitempty"`
	Container string      `json:"container,omitempty"`
	Seconds   int         `json:"seconds,omitempty"`
	Address   string      `json:"address,omitempty"`
	Setting   string      `json:"setting,omitempty"`
	Command   string      `json:"command,omitempty"`
}

func NewTarget(t bind.Target) Target {
	j := Target{Protocol: t.Protocol.String(), Port: t.Port}
	if t.SingleHost() {
		j.Address = t.Hosts[0].String()
	}
	return j
}

func NewDiagnosis(d *bind.Diagnosis) Diagnosis {
	j := Diagnosis{
		Target: NewTarget(d.Target), Verdict: d.Verdict,
		Blockers: []Blocker{}, Remedies: newRemedies(d.Remedies), Notes: d.Notes,
	}
	for _, b := range d.Binds {
		one := Bind{Address: b.Host.String(), Plain: b.Plain, Reuse: b.Reuse}
		if d.PlainOnly {
			one.Reuse = ""
		}
		j.Binds = append(j.Binds, one)
	}
	for _, c := range d.Connects {
		one := Connect{Address: c.Host.String(), Result: c.Status}
		if c.Queue != nil {
			one.Queue = &Queue{c.Queue.Length, c.Queue.Limit}
		}
		j.Connects = append(j.Connects, one)
	}
	for i := range d.Elsewhere {
		j.Elsewhere = append(j.Elsewhere, NewSocket(&d.Elsewhere[i]))
	}
	for i := range d.Blockers {
		j.Blockers = append(j.Blockers, newBlocker(&d.Blockers[i]))
	}
	return j
}

func newBlocker(h *bind.Blocker) Blocker {
	j := Blocker{
		Cause:  h.Cause,
		Blocks: addresses(h.Blocks), BlocksReuse: addresses(h.BlocksReuse),
		MayBlock: addresses(h.MayBlock), MayBlockReuse: addresses(h.MayBlockReuse),
		Remedies: newRemedies(h.Remedies),
	}
	if h.Row.Socket != nil {
		s := NewSocket(&h.Row)
		j.Socket = &s
	}
	return j
}

func newRemedies(all []bind.Remedy) []Remedy {
	out := []Remedy{}
	for _, r := range all {
		j := Remedy{
			Action: r.Action, PID: r.PID, Unit: r.Unit, Container: r.Container,
			Seconds: r.Seconds, Setting: r.Setting, Command: r.Command,
		}
		if r.Address.IsValid() {
			j.Address = r.Address.String()
		}
		out = append(out, j)
	}
	return out
}

// addresses returns a list that is never null.
func addresses(all []netip.Addr) []string {
	out := make([]string, 0, len(all))
	for _, a := range all {
		out = append(out, a.String())
	}
	return out
}

// WriteObject writes one JSON value, indented or on one line.
func WriteObject(w *bufio.Writer, v any, indent bool) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if indent {
		e.SetIndent("", "  ")
	}
	return e.Encode(v)
}
