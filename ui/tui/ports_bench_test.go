package tui

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"lotop/model"
	"lotop/model/portlist"
	"lotop/model/track"
	"lotop/sockets"
)

// crowdedView opens a view over many sockets.
func crowdedView(b *testing.B, name string) *driver {
	d := prepare(b, city(manySockets), Options{Shown: Shown{View: name}})
	d.m.width, d.m.height = 200, 50
	d.m.applyLayout()
	d.run(d.m.Init())
	d.m.applyLayout()
	b.ReportAllocs()
	return d
}

// BenchmarkKeyInViews is a key press to the finished frame in each view, with ports
// unfolded and grouped as well. The budget is 5 ms.
func BenchmarkKeyInViews(b *testing.B) {
	for _, bb := range []struct {
		view string
		keys []string
	}{{"ports", nil}, {"ports", []string{"u"}}, {"ports", []string{"b"}}, {"ports", []string{"b", "u"}}, {"connections", nil}, {"events", nil}} {
		b.Run(fmt.Sprint(bb.view, bb.keys), func(b *testing.B) {
			d := crowdedView(b, bb.view)
			d.m.worker.eventLog.Add(manyEvents()...)
			d.press(bb.keys...)
			d.run(d.m.rearrange())
			down, up := keyPress("down"), keyPress("up")
			b.ResetTimer()
			for b.Loop() {
				d.m.Update(down)
				_ = d.m.screen()
				d.m.Update(up)
				_ = d.m.screen()
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/2, "µs/key")
		})
	}
}

// manyEvents fills the log with short-lived connections and listeners.
func manyEvents() []track.Event {
	snap := city(1000)
	all := make([]track.Event, 0, eventLogSize)
	for i := range eventLogSize {
		r := model.Row{Socket: &snap.Sockets[i%len(snap.Sockets)], Snapshot: &snap, Inbound: true}
		all = append(all, track.Event{
			Kind: track.EventClosed, Time: noon.Add(time.Duration(i) * time.Millisecond), Row: r, ShortLived: i%3 > 0,
		})
	}
	return all
}

// BenchmarkPorts makes the rows of the Ports view of 50,000 sockets.
func BenchmarkPorts(b *testing.B) {
	snap := city(manySockets)
	snap.Time, snap.Addresses = noon, []netip.Addr{}
	tr := track.New()
	tr.Update(&snap)
	order := model.Order{Column: model.ByLocal}
	for name, o := range map[string]portlist.Options{
		"folded": {Order: order}, "unfolded": {Order: order, Unfold: true},
		"filtered": {Order: order, Match: func(r *model.Row) bool { return r.Socket.Local.Port() == sockets.PortRange{First: 2001}.First }},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				portlist.Make(tr, o)
			}
		})
	}
}
