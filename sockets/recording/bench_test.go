package recording

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/netip"
	"testing"
	"time"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// loadSource is a machine with n sockets in n/250+1 processes, of which a
// fraction changes at each refresh.
type loadSource struct {
	snap  sockets.Snapshot
	next  sockets.ID
	churn int // sockets replaced at each refresh
	turn  int
}

func newLoadSource(n int, churn float64) *loadSource {
	c := &loadSource{churn: int(float64(n) * churn)}
	c.snap = sockets.Snapshot{Time: noon, Source: "sock_diag", Processes: map[int32]*process.Process{}, Users: map[uint32]untrusted.Text{1000: untrusted.New("ada")}}
	group := process.ParseCgroup("/user.slice/user-1000.slice/user@1000.service/app.slice/shop.service")
	for pid := int32(4000); pid < int32(4001+n/250); pid++ {
		args := []string{"node", "/home/ada/shop/server.js", "--port", fmt.Sprint(pid)}
		c.snap.Processes[pid] = &process.Process{
			PID: int(pid), Parent: 1, Start: 100 * uint64(pid), Started: noon.Add(-time.Hour), UID: 1000, State: 'S',
			Name: untrusted.New("node"), Args: args, Command: untrusted.New(fmt.Sprint(args)), Cgroup: group,
		}
	}
	for range n {
		c.snap.Sockets = append(c.snap.Sockets, c.socket(&group))
	}
	return c
}

func (c *loadSource) socket(group *process.Cgroup) sockets.Socket {
	c.next++
	i := uint32(c.next)
	here := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	return sockets.Socket{
		ID: 0x5000 + c.next, Protocol: sockets.TCP, State: sockets.Established, Cgroup: group,
		Local: netip.AddrPortFrom(here, uint16(20000+i*7919%45000)), Remote: netip.AddrPortFrom(here, uint16(3000+i%200)),
		Inode: 900_000 + uint64(i), UID: 1000, HasUID: true, HasQueue: true,
		Owners: []sockets.Owner{{PID: int32(4000 + i%uint32(len(c.snap.Processes))), FD: int32(20 + i%250)}},
	}
}

// Read implements [sockets.Source].
func (c *loadSource) Read(_ context.Context, into *sockets.Snapshot) error {
	all := c.snap.Sockets
	for i := range c.churn {
		at := (i*len(all)/c.churn + c.turn*7) % len(all)
		all[at] = c.socket(all[at].Cgroup)
	}
	c.turn++
	c.snap.Time = c.snap.Time.Add(time.Second)
	reused := into.Sockets[:0]
	*into = c.snap
	into.Sockets = append(reused, all...)
	return nil
}

func (*loadSource) Close() error { return nil }

// countingWriter counts what is written.
type countingWriter struct{ bytes int }

func (c *countingWriter) Write(b []byte) (int, error) { c.bytes += len(b); return len(b), nil }
func (*countingWriter) Close() error                  { return nil }

func benchSizes(b *testing.B, f func(b *testing.B, c *loadSource)) {
	for _, n := range []int{50, 1000, 50_000} {
		for _, churn := range []float64{0, 0.01} {
			b.Run(fmt.Sprintf("sockets=%d/churn=%v", n, churn), func(b *testing.B) { f(b, newLoadSource(n, churn)) })
		}
	}
}

// BenchmarkRecord measures what recording adds to a refresh, and to the file;
// the first snapshot and later keyframes are measured separately.
func BenchmarkRecord(b *testing.B) {
	benchSizes(b, func(b *testing.B, c *loadSource) {
		out := &countingWriter{}
		r := Record(c, out, Options{})
		var snap sockets.Snapshot
		full, fulls, wroteFull := time.Duration(0), 0, 0
		plain, plains, wrotePlain := time.Duration(0), 0, 0
		b.ReportAllocs()
		read := func() {
			if err := c.Read(b.Context(), &snap); err != nil {
				b.Fatal(err)
			}
			before, start := out.bytes, time.Now()
			err := r.writeSnapshot(&snap)
			if took := time.Since(start); r.sinceKeyframe == 0 {
				full, fulls, wroteFull = full+took, fulls+1, wroteFull+out.bytes-before
			} else {
				plain, plains, wrotePlain = plain+took, plains+1, wrotePlain+out.bytes-before
			}
			if err != nil {
				b.Fatal(err)
			}
		}
		read()
		read()
		for b.Loop() {
			read()
		}
		b.ReportMetric(full.Seconds()*1e3/float64(fulls), "full-ms")
		b.ReportMetric(float64(wroteFull)/float64(fulls), "full-bytes")
		b.ReportMetric(plain.Seconds()*1e3/float64(plains), "delta-ms")
		b.ReportMetric(float64(wrotePlain)/float64(plains), "delta-bytes")
	})
}

// BenchmarkPlay measures opening ten minutes, a step forward and the longest
// seek.
func BenchmarkPlay(b *testing.B) {
	benchSizes(b, func(b *testing.B, c *loadSource) {
		f := &file{}
		r := Record(c, f, Options{})
		var snap sockets.Snapshot
		for range 600 {
			if err := r.Read(b.Context(), &snap); err != nil {
				b.Fatal(err)
			}
		}
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
		var open, step, jump time.Duration
		steps, jumps := 0, 0
		for b.Loop() {
			start := time.Now()
			p, err := newPlayer(bytes.NewReader(f.Bytes()), int64(f.Len()), io.NopCloser(nil))
			if err != nil {
				b.Fatal(err)
			}
			open += time.Since(start)
			read := func(to *time.Duration) {
				start := time.Now()
				if err := p.Read(b.Context(), &snap); err != nil {
					b.Fatal(err)
				}
				*to += time.Since(start)
			}
			p.Step(0)
			var first time.Duration
			read(&first)
			for range 20 {
				p.Step(1)
				read(&step)
				steps++
			}
			for _, m := range p.index.entries {
				if m.playAt > 0 && m.ordinal == 0 {
					p.jump(m.playAt - 1) // the last of a frame, read from its start
					read(&jump)
					jumps++
					break
				}
			}
			_ = p.Close() // nothing was written
		}
		b.ReportMetric(open.Seconds()*1e3/float64(b.N), "open-ms")
		b.ReportMetric(step.Seconds()*1e3/float64(steps), "step-ms")
		if jumps > 0 {
			b.ReportMetric(jump.Seconds()*1e3/float64(jumps), "jump-ms")
		}
	})
}
