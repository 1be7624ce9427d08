package live

import (
	"fmt"
	"os/exec"
	"runtime"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lotop/sockets"
	"lotop/sockets/socketstest"
)

// The load that the budgets are about: 50,000 sockets in 200 processes.
const (
	loadProcesses   = 200
	loadSocketsEach = 250
)

// cost is what something took.
type cost struct{ wall, cpu time.Duration }

// costs are the costs of the same thing, done again and again.
type costs []cost

// median takes the median of each kind by itself.
func (c costs) median() cost {
	var wall, cpu []time.Duration
	for _, one := range c {
		wall, cpu = append(wall, one.wall), append(cpu, one.cpu)
	}
	slices.Sort(wall)
	slices.Sort(cpu)
	return cost{wall[len(wall)/2], cpu[len(cpu)/2]}
}

// measure adds what f takes, in this process and all its threads.
func (c *costs) measure(f func()) {
	cpu, start := ownCPU(), time.Now()
	f()
	*c = append(*c, cost{time.Since(start), ownCPU() - cpu})
}

// ownCPU is the time of user and system that this process has used so far.
func ownCPU() time.Duration {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// measureSS adds what `ss -tunap` takes.
func (c *costs) measureSS(b *testing.B) {
	cmd := exec.Command("ss", "-tunap") // no Stdout: it goes to /dev/null
	start := time.Now()
	if err := cmd.Run(); err != nil {
		b.Fatal(err)
	}
	*c = append(*c, cost{time.Since(start), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()})
}

// compareWithSS runs one and `ss -tunap` in turn, so that both see the same machine,
// and reports the medians and their ratio. one is given the costs to add to,
// so that what it does around the measurement does not count.
func compareWithSS(b *testing.B, one func(*costs)) {
	b.Helper()
	if _, err := exec.LookPath("ss"); err != nil {
		b.Skip("no ss to compare with: ", err)
	}
	var own, ss costs
	for b.Loop() {
		one(&own)
		ss.measureSS(b)
	}
	report(b, own.median(), ss.median())
}

func report(b *testing.B, own, ss cost) {
	b.ReportMetric(0, "ns/op") // it would count ss, too
	b.ReportMetric(own.wall.Seconds()*1e3, "wall-ms")
	b.ReportMetric(own.cpu.Seconds()*1e3, "cpu-ms")
	b.ReportMetric(ss.wall.Seconds()*1e3, "ss-wall-ms")
	b.ReportMetric(ss.cpu.Seconds()*1e3, "ss-cpu-ms")
	b.ReportMetric(own.wall.Seconds()/ss.wall.Seconds(), "ss-ratio-wall")
	b.ReportMetric(own.cpu.Seconds()/ss.cpu.Seconds(), "ss-ratio-cpu")
}

// benchFirst measures a source's first snapshot, its opening included.
func benchFirst(b *testing.B, c *costs) {
	var s sockets.Snapshot
	c.measure(func() {
		source, err := Open(Options{Kind: SockDiag})
		if err != nil {
			b.Fatal(err)
		}
		defer source.Close()
		readInto(b, source, &s)
	})
}

// BenchmarkFirst: at most 1/3 of ss in wall time.
func BenchmarkFirst(b *testing.B) {
	socketstest.StartLoad(b, loadProcesses, loadSocketsEach)
	compareWithSS(b, func(c *costs) { benchFirst(b, c) })
}

// BenchmarkUnchanged: the same table again.
func BenchmarkUnchanged(b *testing.B) {
	socketstest.StartLoad(b, loadProcesses, loadSocketsEach)
	source := openDiagSource(b)
	var s sockets.Snapshot
	readInto(b, source, &s)
	compareWithSS(b, func(c *costs) { c.measure(func() { readInto(b, source, &s) }) })
}

// BenchmarkChurn: 1 % of the sockets replaced, in a tenth of the processes; at
// most 1/15 of ss in CPU time.
func BenchmarkChurn(b *testing.B) {
	load := socketstest.StartLoad(b, loadProcesses, loadSocketsEach)
	source := openDiagSource(b)
	var s sockets.Snapshot
	readInto(b, source, &s)
	compareWithSS(b, func(c *costs) {
		load.Churn(0.01)
		c.measure(func() { readInto(b, source, &s) })
	})
}

// BenchmarkMemory: what an unchanged refresh allocates, and the heap that the
// source and its snapshot hold.
func BenchmarkMemory(b *testing.B) {
	for _, processes := range []int{loadProcesses / 50, loadProcesses} {
		b.Run(fmt.Sprint(processes*loadSocketsEach, " sockets"), func(b *testing.B) {
			socketstest.StartLoad(b, processes, loadSocketsEach)
			before := heapInUse()
			source := openDiagSource(b)
			var s sockets.Snapshot
			readInto(b, source, &s)
			b.ReportAllocs()
			for b.Loop() {
				readInto(b, source, &s)
			}
			b.ReportMetric(float64(heapInUse()-before)/(1<<20), "heap-MB")
			runtime.KeepAlive(source)
			runtime.KeepAlive(s)
		})
	}
}

// heapInUse is what is left after a collection.
func heapInUse() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse)
}

// BenchmarkOrdinary: a machine with some 50 sockets, first and then idle.
func BenchmarkOrdinary(b *testing.B) {
	socketstest.StartLoad(b, 10, 5)
	b.Run("first", func(b *testing.B) { compareWithSS(b, func(c *costs) { benchFirst(b, c) }) })
	b.Run("idle", func(b *testing.B) {
		source := openDiagSource(b)
		var s sockets.Snapshot
		readInto(b, source, &s)
		compareWithSS(b, func(c *costs) { c.measure(func() { readInto(b, source, &s) }) })
	})
}
