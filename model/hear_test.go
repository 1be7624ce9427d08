package model

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lotop/sockets"
)

const (
	hear2 = "hear 2 127.0.0.1:51234 127.0.0.1:3000 sent:10 got:21" // with the FIN
	hear3 = "hear 3 127.0.0.1:3000 127.0.0.1:51234 sent:20 got:11"

	closed32 = "closed 3=2 tcp ESTABLISHED 127.0.0.1:3000 < 127.0.0.1:51234 via 1"
	unseen32 = "closed 3=2 tcp CLOSE 127.0.0.1:3000 < 127.0.0.1:51234 via 1 unseen"
	both     = " in:10 out:20"

	clientLeft = listener3000 + `
		2 tcp TIME_WAIT 127.0.0.1:51234 127.0.0.1:3000
		3 tcp CLOSE_WAIT 127.0.0.1:3000 127.0.0.1:51234 pid:10`
)

// hearTests are literal notices and snapshots, half a second apart. The first
// snapshot begins; the events are those of all the others, each line one step.
// A step begins with hear for one notice, with lost, or is a snapshot.
var hearTests = []struct {
	name  string
	steps []string
	want  []string
}{
	{"a tracked pair closes with its second notice", []string{pair3000, hear2, hear3, listener3000}, []string{"", closed32 + both, ""}},
	{"server first", []string{pair3000, hear3, hear2, listener3000}, []string{"", closed32 + both, ""}},
	{"the time it lived is until the notice", []string{listener3000, pair3000, hear2, hear3}, []string{"opened 3=2 tcp ESTABLISHED 127.0.0.1:3000 < 127.0.0.1:51234 via 1", "", closed32 + " lived 1s" + both}},
	{"of one that came the table had one end, then it is heard to close", []string{listener3000, half3000, hear2, hear3, listener3000}, []string{
		"", "", "opened 2 tcp ESTABLISHED 127.0.0.1:51234 > 127.0.0.1:3000; closed 3=2 tcp CLOSE 127.0.0.1:3000 < 127.0.0.1:51234 via 1 lived 1s" + both, "",
	}},
	{"of one that came the table had one end, then one end is heard", []string{listener3000, half3000, hear2, listener3000, hear3, listener3000}, []string{
		"", "", "opened 2 tcp ESTABLISHED 127.0.0.1:51234 > 127.0.0.1:3000", "closed 3=2 tcp CLOSE 127.0.0.1:3000 < 127.0.0.1:51234 via 1 lived 1.5s" + both, "",
	}},
	{"one that nobody saw", []string{listener3000, hear2, hear3, listener3000, listener3000}, []string{"", unseen32 + both, "", ""}},
	{"one that nobody saw, server first", []string{listener3000, hear3, hear2, listener3000}, []string{"", unseen32 + both, ""}},
	{"only one end is ever heard", []string{listener3000, hear3, listener3000, listener3000, listener3000}, []string{
		"", "", "closed 3 tcp CLOSE 127.0.0.1:3000 < 127.0.0.1:51234 via 1 unseen in:11 out:20", "",
	}},
	{"and the other one much later", []string{listener3000, hear3, listener3000, listener3000, listener3000, listener3000, hear2, listener3000, listener3000, listener3000}, []string{
		"", "", "closed 3 tcp CLOSE 127.0.0.1:3000 < 127.0.0.1:51234 via 1 unseen in:11 out:20", "", "", "", "", "", "",
	}},
	{"to another machine: there is no other end", []string{listener3000, "hear 4 192.168.1.5:51000 93.184.216.34:443 sent:5 got:6"}, []string{
		"closed 4 tcp CLOSE 192.168.1.5:51000 >? 93.184.216.34:443 unseen in:6 out:5",
	}},
	{"connected to itself", []string{listener3000, "hear 4 127.0.0.1:51000 127.0.0.1:51000 sent:5 got:6"}, []string{
		"closed 4 tcp CLOSE 127.0.0.1:51000 >? 127.0.0.1:51000 unseen in:6 out:5",
	}},
	{"the snapshot is quicker, the notices have the bytes", []string{pair3000, listener3000, hear2, hear3, listener3000}, []string{"", "", closed32 + both, ""}},
	{"one notice before, one after the snapshot", []string{pair3000, hear2, listener3000, hear3, listener3000}, []string{"", "", closed32 + both, ""}},
	{"the notices never come", []string{pair3000, listener3000, listener3000, listener3000, hear2, hear3, listener3000, listener3000, listener3000}, []string{
		"", "", closed32, "", "", "", "", "",
	}},
	{"an old table shows it still", []string{listener3000, hear2, hear3, pair3000, listener3000}, []string{"", unseen32 + both, "", ""}},
	{"an old table shows how it went", []string{pair3000, hear2, hear3, clientLeft, listener3000}, []string{"", closed32 + both, "", ""}},
	{"TIME_WAIT is left", []string{
		pair3000, hear2, hear3, listener3000 + "2 tcp TIME_WAIT 127.0.0.1:51234 127.0.0.1:3000",
		listener3000 + "2 tcp TIME_WAIT 127.0.0.1:51234 127.0.0.1:3000", listener3000,
	}, []string{"", closed32 + both, "", "", ""}},
	{"TIME_WAIT is seen before its notice", []string{
		listener3000, listener3000 + "2 tcp TIME_WAIT 127.0.0.1:51234 127.0.0.1:3000", hear2, hear3,
		listener3000,
	}, []string{"", "", unseen32 + both, ""}},
	{"the client has gone, the server goes on for long", []string{listener3000, hear2, clientLeft, clientLeft, clientLeft, clientLeft, hear3, listener3000}, []string{
		"", "opened 3 tcp CLOSE_WAIT 127.0.0.1:3000 < 127.0.0.1:51234 via 1", "", "", "",
		"closed 3=2 tcp CLOSE_WAIT 127.0.0.1:3000 < 127.0.0.1:51234 via 1 lived 2s" + both, "",
	}},
	{"a listener", []string{listener3000, "hear 1 127.0.0.1:3000", ""}, []string{"closed 1 tcp LISTEN 127.0.0.1:3000", ""}},
	{"a listener that the snapshot misses first", []string{listener3000, "", "hear 1 127.0.0.1:3000", ""}, []string{"closed 1 tcp LISTEN 127.0.0.1:3000", "", ""}},
	{"nobody listens any more, and both ports are ephemeral", []string{"", "hear 2 127.0.0.1:51234 127.0.0.1:40000 sent:10 got:21", "hear 3 127.0.0.1:40000 127.0.0.1:51234 sent:20 got:11", ""}, []string{
		"", "closed 3=2 tcp CLOSE 127.0.0.1:40000 <? 127.0.0.1:51234 unseen" + both, "",
	}},
	{"UDP", []string{"4 udp UNCONN 127.0.0.1:53", "hear 4 127.0.0.1:53 udp", ""}, []string{"closed 4 udp UNCONN 127.0.0.1:53", ""}},
	{"connected UDP", []string{"4 udp ESTABLISHED 127.0.0.1:5000 127.0.0.1:53", "hear 4 127.0.0.1:5000 127.0.0.1:53 udp", ""}, []string{
		"closed 4 udp ESTABLISHED 127.0.0.1:5000 >? 127.0.0.1:53", "",
	}},
	{"what was never bound is no event", []string{"", "hear 4 0.0.0.0:0", ""}, []string{"", ""}},
	{"reset by the client, which has lost its addresses", []string{listener3000, "hear 2 0.0.0.0:51234 127.0.0.1:0", "hear 3 127.0.0.1:3000 127.0.0.1:51234 sent:20 got:10"}, []string{
		"", "closed 3 tcp CLOSE 127.0.0.1:3000 < 127.0.0.1:51234 via 1 unseen" + both,
	}},
	{"reset by the client, seen", []string{pair3000, "hear 2 0.0.0.0:51234 127.0.0.1:0", "hear 3 127.0.0.1:3000 127.0.0.1:51234 sent:20 got:10", listener3000}, []string{
		"", closed32 + both, "",
	}},
	{"a server's reset says nothing of other connections", []string{listener3000, "hear 9 127.0.0.1:3000 127.0.0.1:0", hear2, hear3}, []string{"", "", unseen32 + both}},
	{"the same ports twice within one interval", []string{
		listener3000, "hear 2 0.0.0.0:51234 127.0.0.1:0", "hear 3 127.0.0.1:3000 127.0.0.1:51234 sent:1 got:2",
		"hear 5 127.0.0.1:3000 127.0.0.1:51234 sent:20 got:11", "hear 4 127.0.0.1:51234 127.0.0.1:3000 sent:10 got:21", listener3000,
	}, []string{
		"", "closed 3 tcp CLOSE 127.0.0.1:3000 < 127.0.0.1:51234 via 1 unseen in:2 out:1", "",
		"closed 5=4 tcp CLOSE 127.0.0.1:3000 < 127.0.0.1:51234 via 1 unseen" + both, "",
	}},
	{"the same ports again, the first one was seen", []string{
		pair3000, hear2, hear3, "hear 5 127.0.0.1:3000 127.0.0.1:51234 sent:20 got:11", "hear 4 127.0.0.1:51234 127.0.0.1:3000 sent:10 got:21",
		listener3000,
	}, []string{"", closed32 + both, "", "closed 5=4 tcp CLOSE 127.0.0.1:3000 < 127.0.0.1:51234 via 1 unseen" + both, ""}},
	{"notices were lost: the table tells", []string{listener3000, "lost", listener3000 + "2 tcp TIME_WAIT 127.0.0.1:51234 127.0.0.1:3000", hear3, listener3000, listener3000, listener3000}, []string{
		"", "closed 2 tcp TIME_WAIT 127.0.0.1:51234 > 127.0.0.1:3000 unseen", "", "", "", "",
	}},
	{"notices were lost: what has gone has gone", []string{pair3000, "lost", listener3000, listener3000, listener3000}, []string{"", "", "", closed32}},
}

func TestHear(t *testing.T) {
	for _, c := range hearTests {
		m := NewMonitor()
		m.Listen()
		m.Advance(literal(t, 0, c.steps[0]))
		var got []string
		for i, step := range c.steps[1:] {
			events := m.takeStep(t, float64(i+1)/2, step)
			got = append(got, strings.Join(counted(events), "; "))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
}

func (m *Monitor) takeStep(t *testing.T, seconds float64, step string) []Event {
	t.Helper()
	if step == "lost" {
		return m.Hear(nil, true)
	}
	if rest, ok := strings.CutPrefix(step, "hear "); ok {
		return m.Hear([]sockets.Notice{literalNotice(t, seconds, rest)}, false)
	}
	return m.Advance(literal(t, seconds, step))
}

// literalNotice reads ID LOCAL [REMOTE] [udp] [sent:N] [got:N].
func literalNotice(t *testing.T, seconds float64, text string) sockets.Notice {
	t.Helper()
	fields := strings.Fields(text)
	id, err := strconv.Atoi(fields[0])
	if err != nil {
		t.Fatal(err)
	}
	n := sockets.Notice{Time: began.Add(time.Duration(seconds * float64(time.Second)))}
	n.Socket = sockets.Socket{ID: sockets.ID(id), Protocol: sockets.TCP, State: sockets.Close, Local: netip.MustParseAddrPort(fields[1])}
	n.Info.Known = true
	for _, f := range fields[2:] {
		key, value, found := strings.Cut(f, ":")
		switch number, _ := strconv.ParseUint(value, 10, 64); {
		case f == "udp":
			n.Socket.Protocol, n.Info = sockets.UDP, sockets.TCPInfo{}
		case found && key == "sent":
			n.Info.Sent = number
		case found && key == "got":
			n.Info.Received = number
		default:
			n.Socket.Remote = netip.MustParseAddrPort(f)
		}
	}
	return n
}

// counted are the sketches of events with their bytes.
func counted(events []Event) []string {
	all := sketchEvents(events)
	for i := range events {
		if e := &events[i]; e.Counted {
			all[i] += fmt.Sprintf(" in:%d out:%d", e.Received, e.Sent)
		}
	}
	return all
}

// What is heard and never completed must not gather.
func TestHearStaysSmall(t *testing.T) {
	m := NewMonitor()
	m.Listen()
	m.Advance(literal(t, 0, listener3000))
	id := sockets.ID(100)
	for pass := range 40 {
		var all []sockets.Notice
		for i := range 2000 {
			id++
			n := literalNotice(t, float64(pass), "0 127.0.0.1:3000 127.0.0.1:1 sent:1 got:2")
			n.Socket.ID = id
			n.Socket.Remote = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, byte(pass), byte(1 + i>>8)}), uint16(1000+i))
			all = append(all, n)
		}
		m.Hear(all, false)
		m.Advance(literal(t, float64(pass), listener3000))
	}
	h := &m.hears
	if n := len(h.late.newer) + len(h.late.older); n > 2*lateAtMost {
		t.Errorf("%d late ones", n)
	}
	if len(h.known) > 8000 || len(h.partings) > 6000 || len(h.told) > 0 {
		t.Errorf("%d known, %d partings, %d told", len(h.known), len(h.partings), len(h.told))
	}
}

// A row that was heard to close shows once more, and no longer than others.
func TestHeardRowsShowOnce(t *testing.T) {
	for _, steps := range [][]string{
		{pair3000, hear2, hear3, listener3000},
		{pair3000, hear2, listener3000, hear3, listener3000},
		{pair3000, listener3000, hear2, hear3, listener3000},
		{pair3000, listener3000, listener3000, listener3000},
	} {
		m := NewMonitor()
		m.Listen()
		m.Advance(literal(t, 0, steps[0]))
		for i, step := range steps[1:] {
			m.takeStep(t, float64(i+1)/2, step)
		}
		rows, _ := m.Rows(nil, Shape{})
		want := []string{"  1 tcp LISTEN 127.0.0.1:3000", "- 3=2 tcp ESTABLISHED 127.0.0.1:3000 < 127.0.0.1:51234 via 1"}
		if diff := cmp.Diff(want, sketches(rows)); diff != "" {
			t.Errorf("%q: %s", steps, diff)
		}
		m.Advance(literal(t, 20, listener3000))
		if rows, _ := m.Rows(nil, Shape{}); len(rows) != 1 {
			t.Errorf("%q: later %q", steps, sketches(rows))
		}
	}
}
