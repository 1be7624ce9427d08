package tui

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lotop/model"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// city is a machine with n sockets in 200 processes: listeners, and connections
// inside the machine.
func city(n int) sockets.Snapshot {
	snap := sockets.Snapshot{
		Processes: map[int32]*process.Process{}, Users: map[uint32]untrusted.Text{1000: untrusted.New("ada")},
		Ephemeral: sockets.PortRange{First: 32768, Last: 60999},
	}
	const processes = 200
	for pid := range processes {
		snap.Processes[int32(pid+100)] = proc(pid+100, 1, time.Hour, fmt.Sprintf("/usr/bin/worker%d", pid), "--config", "/etc/worker/worker.conf", "--verbose")
	}
	localhost := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	add := func(state sockets.State, local, remote netip.AddrPort) {
		id := len(snap.Sockets) + 1
		snap.Sockets = append(snap.Sockets, sockets.Socket{
			ID: sockets.ID(id), Protocol: sockets.TCP, State: state, Local: local, Remote: remote, Inode: uint64(id),
			HasUID: true, UID: 1000, HasQueue: true, Owners: []sockets.Owner{{PID: int32(id%processes + 100), FD: int32(id)}},
		})
	}
	for port := range processes {
		add(sockets.Listen, netip.AddrPortFrom(localhost, uint16(2000+port)), netip.AddrPort{})
	}
	for i := 0; len(snap.Sockets) < n; i++ {
		server := netip.AddrPortFrom(localhost, uint16(2000+i%processes))
		client := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, byte(i / 25000), 1}), uint16(33000+i%25000))
		add(sockets.Established, server, client)
		add(sockets.Established, client, server)
	}
	return snap
}

const manySockets = 50_000

func crowded(b *testing.B, width, height int) *driver {
	d := start(b, city(manySockets), width, height)
	d.press("u") // every socket a row
	if n := len(d.m.rows.Rows); n != manySockets {
		b.Fatalf("%d rows", n)
	}
	b.ReportAllocs()
	b.ResetTimer()
	return d
}

func BenchmarkFrame(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprintf("%dx%d", size.width, size.height), func(b *testing.B) {
			d := crowded(b, size.width, size.height)
			for b.Loop() {
				_ = d.m.screen()
			}
		})
	}
}

// A key press to the finished frame. The budget is 5 ms.
func BenchmarkKey(b *testing.B) {
	for _, key := range []string{"down", "pgdown", "up"} {
		b.Run(key, func(b *testing.B) {
			d := crowded(b, 200, 50)
			msg := keyPress(key)
			for b.Loop() {
				d.m.Update(msg)
				_ = d.m.screen()
			}
		})
	}
}

// BenchmarkDialogFrame is the dearest frame: the dialog lies over the page.
func BenchmarkDialogFrame(b *testing.B) {
	d := crowded(b, 200, 50)
	d.press("x")
	for b.Loop() {
		_ = d.m.screen()
	}
}

// What Update does with the finished rows of a look. The selected row is the
// last, so that finding it again takes the longest.
func BenchmarkTakeResult(b *testing.B) {
	d := crowded(b, 200, 50)
	d.press("G")
	res := readResult{arrangement: d.m.latest}
	for b.Loop() {
		d.m.rows.Cursor = 0 // as after a new order
		d.m.Update(res)
	}
}

func BenchmarkWorker(b *testing.B) {
	byProcess := model.Order{Column: model.ByProcess}
	for name, q := range map[string]arrangeRequest{
		"arrange": {shape: track.ListOptions{Order: model.Order{Column: model.ByLocal}}},
		"filter":  {query: "worker17", shape: track.ListOptions{Order: model.Order{Column: model.ByLocal}}},
		"sort":    {shape: track.ListOptions{Order: byProcess}},
	} {
		b.Run(name, func(b *testing.B) {
			d := crowded(b, 200, 50)
			b.ResetTimer()
			for b.Loop() {
				_ = d.m.worker.arrange(q)
			}
		})
	}
	b.Run("read", func(b *testing.B) {
		d := crowded(b, 200, 50)
		b.ResetTimer()
		for b.Loop() {
			d.clock = d.clock.Add(time.Second)
			_ = d.m.worker.read(readRequest{arrangeRequest: d.m.arrangeRequest()})
		}
	})
}

// BenchmarkFilterKey is a letter typed into the filter, with all that the worker
// does for it.
func BenchmarkFilterKey(b *testing.B) {
	d := crowded(b, 200, 50)
	d.press("/")
	b.ResetTimer()
	for b.Loop() {
		d.send(tea.KeyPressMsg{Code: 'w', Text: "w"})
		d.send(tea.KeyPressMsg{Code: tea.KeyBackspace})
	}
}
