package cli

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"lotop/sockets/socketstest"
)

// BenchmarkFirstLoss makes 10,000 connections at higher and higher paces beside
// a watch of an ordinary user, until that says that it lost some, or the machine
// makes no more. Beside it runs `ss -tn` once a second, as a script would.
func BenchmarkFirstLoss(b *testing.B) {
	const processes, each = 4, 2500
	for name, narrow := range map[string]bool{"ports": true, "all": false} {
		b.Run(name, func(b *testing.B) {
			var kept, lost float64
			var saw int
			for range b.N {
				kept, lost = 0, 0
				for pace := 500; lost == 0; pace += pace / 2 {
					s := socketstest.NewBurst(b, processes, 1)
					stop := pollSS(b, s)
					got, took := watchStorm(b, s, each, pace, narrow)
					saw = stop()
					reached := float64(processes*each) / took.Seconds()
					b.Logf("%.0f a second: %d told, %d twice, %d with wrong bytes, %d lost; ss saw %d", reached, got.n, len(got.twice), len(got.wrong), got.lost, saw)
					if got.lost > 0 {
						lost = reached
						break
					}
					if got.n != processes*each || len(got.twice)+len(got.wrong) > 0 {
						b.Errorf("%d told, and nothing was said to be lost; %s", got.n, got.said)
					}
					if kept = max(kept, reached); reached < 0.8*processes*float64(pace) {
						break // no faster here
					}
				}
			}
			b.ReportMetric(kept, "conns/s-kept")
			b.ReportMetric(lost, "conns/s-lost")
			b.ReportMetric(float64(saw), "ss-saw")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkChurn plays what a machine with ten short connections a second makes in
// an hour within a few seconds, three times, and lets the TIME_WAITs go in between:
// the memory of a watch of everything has to stay as it is after the first.
func BenchmarkChurn(b *testing.B) {
	const rounds, each, pace = 3, 9000, 1000
	for range b.N {
		awaitNoTimeWait(b) // of others
		s := socketstest.NewBurst(b, 4, 4)
		l := listen(b)
		w := startWatch(b, l, asUserNobody(lotopFor(b, 10*time.Minute, "watch", "--json")))
		for i := range rounds {
			took := s.Run(each, pace)
			for told := 0; told < 4*each; {
				if e := w.next("the churn", func(e watchedEvent) bool { return e.Event == "closed" }); e.Socket.Remote.Port != 0 {
					told++
				}
			}
			awaitNoTimeWait(b)
			b.Logf("%d connections in %v; %d kB resident", 4*each, took, resident(b, w.cmd.Process.Pid))
			b.ReportMetric(float64(resident(b, w.cmd.Process.Pid))/1000, fmt.Sprintf("MB-hour-%d", i+1))
		}
		w.tally(s, 0)
	}
	b.ReportMetric(0, "ns/op")
}

// awaitNoTimeWait waits until nearly all TIME_WAITs of this machine are over.
func awaitNoTimeWait(b *testing.B) {
	b.Helper()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for range 120 {
		stat, err := os.ReadFile("/proc/net/sockstat")
		if err != nil {
			b.Fatal(err)
		}
		var n int
		for line := range strings.Lines(string(stat)) {
			if f := strings.Fields(line); f[0] == "TCP:" {
				n, _ = strconv.Atoi(f[6]) // TCP: inuse 5 orphan 0 tw 12 …
			}
		}
		if n < 100 {
			return
		}
		<-tick.C
	}
	b.Fatal("TIME_WAITs that do not end")
}

// resident is how much memory a process has, in kB.
func resident(b *testing.B, pid int) int {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); f[0] == "VmRSS:" {
			n, _ := strconv.Atoi(f[1])
			return n
		}
	}
	b.Fatal("no VmRSS")
	return 0
}

// pollSS runs ss once a second until stop, which returns how many connections of
// a storm it saw that were not over.
func pollSS(b *testing.B, s *socketstest.Burst) (stop func() int) {
	b.Helper()
	if _, err := exec.LookPath("ss"); err != nil {
		b.Skip("ss is not there to be compared with")
	}
	done, saw := make(chan struct{}), make(chan int)
	go func() {
		seen := map[string]bool{}
		for tick := time.NewTicker(time.Second); ; {
			out, _ := exec.Command("ss", "-Htn").Output()
			for line := range strings.Lines(string(out)) {
				f := strings.Fields(line)
				for _, l := range s.Listeners() {
					if len(f) > 4 && f[3] == l.Local.String() {
						seen[f[3]+f[4]] = true
					}
				}
			}
			select {
			case <-done:
				saw <- len(seen)
				return
			case <-tick.C:
			}
		}
	}()
	return func() int { close(done); return <-saw }
}
