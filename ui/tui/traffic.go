package tui

import (
	"slices"
	"time"

	"lotop/model"
	"lotop/model/portlist"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/ui"
)

// meter measures the traffic of visible connections. Each costs a request to the
// kernel, so only those are measured.
type meter struct {
	source     sockets.TCPInfoReader // nil if the source has no counters
	flows      map[sockets.ID]*flow
	generation int
	targets    []*sockets.Socket
	infos      []sockets.TCPInfo
}

// flow is the traffic of one connection, from the perspective of the row's socket.
type flow struct {
	in, out    uint64  // total bytes of payload
	inRate     float64 // bytes per second since the last measurement
	outRate    float64
	measured   bool // measured twice, so that the rates are known
	rtt        time.Duration
	history    []float64 // in and out together, the newest last
	measuredAt time.Time
	generation int
}

// maxHistory is how many measurements a sparkline shows.
const maxHistory = 16

func newMeter(source sockets.Source) meter {
	informer, _ := source.(sockets.TCPInfoReader)
	return meter{source: informer, flows: map[sockets.ID]*flow{}}
}

// sample measures the connections with these IDs and returns copies of their flows.
func (t *meter) sample(m *track.Tracker, ids []sockets.ID, now time.Time) map[sockets.ID]flow {
	if t.source == nil || len(ids) == 0 {
		return nil
	}
	t.generation++
	t.targets = t.targets[:0]
	for _, id := range ids {
		if s := m.Socket(id); s != nil && s.Connected() && s.Protocol == sockets.TCP {
			t.targets = append(t.targets, s)
		}
	}
	t.infos = t.source.Info(t.infos[:0], t.targets)
	known := make(map[sockets.ID]flow, len(t.targets))
	for i, s := range t.targets {
		if t.infos[i].Known {
			known[s.ID] = *t.record(s.ID, &t.infos[i], now)
		}
	}
	for id, f := range t.flows {
		if t.generation-f.generation > 10*maxHistory {
			delete(t.flows, id) // not visible for long
		}
	}
	return known
}

func (t *meter) record(id sockets.ID, i *sockets.TCPInfo, now time.Time) *flow {
	f := t.flows[id]
	if f == nil {
		f = &flow{}
		t.flows[id] = f
	} else if seconds := now.Sub(f.measuredAt).Seconds(); seconds > 0 {
		f.inRate = byteRate(i.Received, f.in, seconds)
		f.outRate = byteRate(i.Sent, f.out, seconds)
		f.measured = true
		if len(f.history) == maxHistory {
			f.history = f.history[1:]
		}
		// The slice is copied, because the screen has the previous flow.
		f.history = append(f.history[:len(f.history):len(f.history)], f.inRate+f.outRate)
	}
	f.in, f.out, f.rtt, f.measuredAt, f.generation = i.Received, i.Sent, i.RTT, now, t.generation
	return f
}

func byteRate(now, before uint64, seconds float64) float64 {
	if now < before {
		return 0
	}
	return float64(now-before) / seconds
}

// rateText formats bytes per second.
func rateText(bytes float64) string {
	if bytes < 0.5 {
		return "·"
	}
	return ui.Size(uint64(bytes + 0.5))
}

// sparkline draws the history, scaled to its highest value.
func sparkline(history []float64) string {
	const bars = "▁▂▃▄▅▆▇█"
	top := 0.0
	for _, v := range history {
		top = max(top, v)
	}
	out := make([]rune, 0, len(history))
	for _, v := range history {
		level := 0
		if top > 0 {
			level = int(v / top * 7)
		}
		out = append(out, []rune(bars)[level])
	}
	return string(out)
}

// perSecond is rateText with its unit.
func perSecond(bytes float64) string {
	if bytes < 0.5 {
		return "·"
	}
	return rateText(bytes) + "/s"
}

// sumFlows adds the flows of connections up, as far as they were measured.
func sumFlows(ids []sockets.ID, flows map[sockets.ID]flow) (sum flow, ok bool) {
	n := 0
	for _, id := range ids {
		f, known := flows[id]
		if !known {
			continue
		}
		n++
		sum.in, sum.out = sum.in+f.in, sum.out+f.out
		sum.inRate, sum.outRate = sum.inRate+f.inRate, sum.outRate+f.outRate
		sum.measured = sum.measured || f.measured
		sum.rtt = f.rtt
		if more := len(f.history) - len(sum.history); more > 0 {
			sum.history = append(make([]float64, more), sum.history...)
		}
		for i, v := range f.history { // both end now
			sum.history[len(sum.history)-len(f.history)+i] += v
		}
	}
	if n > 1 {
		sum.rtt = 0
	}
	return sum, n > 0
}

// summary describes a flow in one line.
func (f *flow) summary() line {
	if !f.measured {
		return text("↓ " + ui.Size(f.in) + "  ↑ " + ui.Size(f.out))
	}
	return styled(accent, sparkline(f.history)).Add(plain, "   ↓ "+perSecond(f.inRate)+"  ↑ "+perSecond(f.outRate)).
		Add(muted, "   total "+ui.Size(f.in+f.out))
}

// visibleConns returns the connections to measure: those of the rows on the screen,
// and those in the details.
func (m *Model) visibleConns() []sockets.ID {
	var ids []sockets.ID
	add := func(r *model.Row) {
		if r.Socket.Connected() && r.Mark != model.Closed {
			ids = append(ids, r.Socket.ID)
		}
	}
	switch m.view {
	case portsView:
		for i, end := m.portRows.InSight(); i < end; i++ {
			r := &m.portRows.Rows[i]
			if r.Kind == portlist.Heading {
				continue
			}
			add(&r.Row)
			ids = append(ids, r.Measurable...)
		}
	case connectionsView, socketsView:
		for i, end := m.rows.InSight(); i < end; i++ {
			add(&m.rows.Rows[i])
		}
	}
	if d := m.details; d != nil && d.data != nil {
		add(&d.data.row)
		for i := range d.data.clients[:min(len(d.data.clients), 20)] {
			add(&d.data.clients[i])
		}
		ids = append(ids, d.data.measured...)
	}
	slices.Sort(ids) // the row of the details is often on the screen, too
	return slices.Compact(ids)
}

// flowOf returns the flow of a connection; ok reports whether it was measured.
func (m *Model) flowOf(s *sockets.Socket) (f flow, ok bool) {
	f, ok = m.latest.flows[s.ID]
	return f, ok
}
