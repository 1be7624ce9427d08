//go:build linux

package main_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lotop/sockets/socketstest"
)

var (
	stormFor  = flag.String("storm", "3000", "how long TestScreenStorm types: a number of keys, or a time such as 5m")
	stormSeed = flag.Uint64("storm-seed", 0, "the first seed of TestScreenStorm, 0 for a new one")
)

const (
	// keysInRound is how many keys one lotop gets at most, before it is told to
	// quit and another starts.
	keysInRound = 10_000
	// quitWithin is how long lotop may take to quit, whatever was typed before.
	quitWithin = 2 * time.Second
	// pause is what a person leaves between two keys: long enough for an escape
	// key not to be taken for the begin of a sequence.
	pause = 100 * time.Millisecond
)

// TestScreenStorm types at random into the real binary, turns the mouse's wheel,
// pastes and changes the size of the terminal, while connections come and go.
// All of it is in a network and a pid namespace of its own: the keys stop
// processes.
func TestScreenStorm(t *testing.T) {
	if testing.Short() {
		t.Skip("takes several seconds")
	}
	if _, ok := socketstest.InRole(namespaceRole); !ok {
		runInside(t, "-storm="+*stormFor, fmt.Sprintf("-storm-seed=%d", *stormSeed))
		return
	}
	furnish(t)
	seed := *stormSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	keys, err := strconv.Atoi(*stormFor)
	end := time.Time{}
	if err != nil {
		long, err := time.ParseDuration(*stormFor)
		if err != nil {
			t.Fatal("-storm:", err)
		}
		end = time.Now().Add(long)
	}
	for ; !t.Failed() && (keys > 0 || time.Now().Before(end)); seed++ {
		t.Logf("-storm-seed=%d", seed)
		n := keysInRound
		if end.IsZero() {
			n = min(keys, n)
		}
		keys -= n
		stormOnce(t, seed, n, end)
	}
}

// stormOnce is the life of one lotop: a storm, a calm in which it must come to
// rest, and another storm after which it must quit in time.
func stormOnce(t *testing.T, seed uint64, keys int, end time.Time) {
	c := startChurn(t)
	x := openStorm(t, "--interval=100ms")
	x.awaitOutput("Connections")
	if on := x.modesOn(); !slices.Contains(on, "1049") || !slices.Contains(on, "1002") {
		t.Fatalf("neither another screen nor the mouse is in %q: what lotop leaves behind cannot be told", on)
	}
	typist := newTypist(seed)
	x.storm(typist, keys/2, end)
	c.stop()
	x.leaveAll()
	x.awaitIdle()
	c = startChurn(t)
	x.storm(typist, keys-keys/2, end)
	x.leaveAll()
	if typist.r.IntN(4) > 0 {
		x.quit("q", 0)
	} else {
		x.write("x") // ctrl+c works in a dialog too
		x.quit("\x03", 130)
	}
	c.stop()
}

// storm types so many things, each burst as soon as lotop has read the one
// before.
func (x *stormTerminal) storm(typist *typist, keys int, end time.Time) {
	x.t.Helper()
	for range keys {
		if !end.IsZero() && time.Now().After(end) {
			return
		}
		switch n := typist.r.IntN(200); {
		case n < 5:
			x.resize(typist.size())
		case n == 5:
			x.press("")
		default:
			x.write(typist.next())
		}
		if !x.drained() {
			x.t.Fatalf("lotop does not read what is typed:\n%s", x.dump())
		}
	}
}

// leaveAll closes whatever is open: a paste or a sequence that was begun, a
// dialog, the help, the details, the filter.
func (x *stormTerminal) leaveAll() {
	x.t.Helper()
	x.press("", "\x1b\\", "\x1b[201~", "\x1b[201~") // twice: what was begun can swallow one
	for range 5 {
		x.press("\x1b")
	}
}

// quit presses a key that ends lotop with that code, and checks what it leaves
// behind.
func (x *stormTerminal) quit(key string, code int) {
	x.t.Helper()
	x.t.Logf("ended by %q", key)
	x.write(key)
	select {
	case <-x.ended:
	case <-time.After(quitWithin):
		x.t.Fatalf("%q does not end lotop within %s:\n%s", key, quitWithin, x.dump())
	}
	if got := x.cmd.ProcessState.ExitCode(); got != code {
		x.t.Errorf("%q ends lotop with %d, not %d: %v", key, got, code, x.err)
	}
	x.checkLeft()
}

func (x *stormTerminal) checkLeft() {
	x.t.Helper()
	if said := x.said(); said != "" {
		x.t.Errorf("lotop writes to standard error:\n%s", said)
	}
	after, err := unix.IoctlGetTermios(int(x.second.Fd()), unix.TCGETS)
	if err != nil || *after != x.before {
		x.t.Errorf("the terminal was set to %+v and is left as %+v, %v", x.before, *after, err)
	}
	var left []string
	restored := socketstest.Eventually(func() bool { // the last that it wrote may not have been read yet
		left = x.modesOn()
		return len(left) == 0
	})
	if !restored {
		x.t.Errorf("left in the terminal: %q; the last output:\n%s", left, x.lastOutput())
	}
}

// awaitIdle waits until lotop needs next to no processor, with nothing to show
// but what it reads itself.
func (x *stormTerminal) awaitIdle() {
	x.t.Helper()
	const busy = 0.5 // of one processor; at rest it is a tenth of that
	used := 1.0
	idle := socketstest.Eventually(func() bool {
		before, since := x.processorTime(), time.Now()
		time.Sleep(time.Second)
		used = (x.processorTime() - before).Seconds() / time.Since(since).Seconds()
		return used < busy
	})
	if !idle {
		x.t.Errorf("lotop does not come to rest, it takes %.0f%% of a processor:\n%s", 100*used, x.dump())
	}
}

// processorTime is how long lotop has run on a processor.
func (x *stormTerminal) processorTime() time.Duration {
	x.t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", x.cmd.Process.Pid))
	if err != nil {
		x.t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		x.t.Fatal(errors.New("stat: " + string(stat)))
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	const ticks = 100 // a second, on every system that Go runs on
	return time.Duration(user+system) * time.Second / ticks
}
