package cli

import (
	"bufio"
	"encoding/json"
	"net/netip"

	"lotop/model/bind"
)

// whyJSON is a diagnosis as scripts get it.
type whyJSON struct {
	Target   targetJSON    `json:"target"`
	Verdict  bind.Verdict  `json:"verdict"`
	Binds    []bindJSON    `json:"binds"`
	Connects []connectJSON `json:"connects,omitempty"`
	Blockers []blockerJSON `json:"holders"`
	Remedies []remedyJSON  `json:"remedies,omitempty"` // that belong to no single holder
	Notes    []string      `json:"notes,omitempty"`
}

type targetJSON struct {
	Protocol string `json:"protocol"`
	Address  string `json:"address,omitempty"` // if one was asked for
	Port     uint16 `json:"port"`
}

type bindJSON struct {
	Address string          `json:"address"`
	Plain   bind.BindStatus `json:"plain"`
	Reuse   bind.BindStatus `json:"reuse,omitempty"` // absent where only plain binds count
}

type connectJSON struct {
	Address string `json:"address"`
	Result  string `json:"result"`
}

type blockerJSON struct {
	Socket        *socketJSON  `json:"socket,omitempty"`
	Cause         bind.Cause   `json:"cause"`
	Blocks        []string     `json:"blocks"`
	BlocksReuse   []string     `json:"blocks_reuse"`
	MayBlock      []string     `json:"may_block,omitempty"`
	MayBlockReuse []string     `json:"may_block_reuse,omitempty"`
	Remedies      []remedyJSON `json:"remedies"`
}

type remedyJSON struct {
	Action    bind.Action `json:"action"`
	PID       int         `json:"pid,omitempty"`
	Unit      string      `json:"unit,omitempty"`
	Container string      `json:"container,omitempty"`
	Seconds   int         `json:"seconds,omitempty"`
	Address   string      `json:"address,omitempty"`
	Setting   string      `json:"setting,omitempty"`
	Command   string      `json:"command,omitempty"`
}

func newTargetJSON(t bind.Target) targetJSON {
	j := targetJSON{Protocol: t.Protocol.String(), Port: t.Port}
	if t.SingleHost() {
		j.Address = t.Hosts[0].String()
	}
	return j
}

func newWhyJSON(d *bind.Diagnosis) whyJSON {
	j := whyJSON{
		Target: newTargetJSON(d.Target), Verdict: d.Verdict,
		Blockers: []blockerJSON{}, Remedies: newRemediesJSON(d.Remedies), Notes: d.Notes,
	}
	for _, b := range d.Binds {
		one := bindJSON{Address: b.Host.String(), Plain: b.Plain, Reuse: b.Reuse}
		if d.PlainOnly {
			one.Reuse = ""
		}
		j.Binds = append(j.Binds, one)
	}
	for _, c := range d.Connects {
		j.Connects = append(j.Connects, connectJSON{c.Host.String(), c.Status})
	}
	for i := range d.Blockers {
		j.Blockers = append(j.Blockers, newBlockerJSON(&d.Blockers[i]))
	}
	return j
}

func newBlockerJSON(h *bind.Blocker) blockerJSON {
	j := blockerJSON{
		Cause:  h.Cause,
		Blocks: addresses(h.Blocks), BlocksReuse: addresses(h.BlocksReuse),
		MayBlock: addresses(h.MayBlock), MayBlockReuse: addresses(h.MayBlockReuse),
		Remedies: newRemediesJSON(h.Remedies),
	}
	if h.Row.Socket != nil {
		s := newSocketJSON(&h.Row)
		j.Socket = &s
	}
	return j
}

func newRemediesJSON(all []bind.Remedy) []remedyJSON {
	out := []remedyJSON{}
	for _, r := range all {
		j := remedyJSON{
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

// addresses writes a list that is empty rather than absent.
func addresses(all []netip.Addr) []string {
	out := make([]string, 0, len(all))
	for _, a := range all {
		out = append(out, a.String())
	}
	return out
}

// writeObject writes one JSON value: indented for a person, on one line for a
// script.
func writeObject(w *bufio.Writer, v any, indent bool) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if indent {
		e.SetIndent("", "  ")
	}
	return e.Encode(v)
}
