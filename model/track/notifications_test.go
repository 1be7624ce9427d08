package track

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lotop/model/modeltest"
	"lotop/sockets"
)

const (
	notify2 = "notify 2 127.0.0.1:51234 127.0.0.1:3000 sent:10 got:21" // with the FIN
	notify3 = "notify 3 127.0.0.1:3000 127.0.0.1:51234 sent:20 got:11"

	closed32     = "closed 3=2 tcp ESTABLISHED 127.0.0.1:3000 < 127.0.0.1:51234 via 1"
	shortLived32 = "closed 3=2 tcp CLOSE 127.0.0.1:3000 < 127.0.0.1:51234 via 1 unseen"
	both         = " in:10 out:20"

	clientOnly = listener3000 + `
		2 tcp TIME_WAIT 127.0.0.1:51234 127.0.0.1:3000
		3 tcp CLOSE_WAIT 127.0.0.1:3000 127.0.0.1:51234 pid:10`
)

// notificationTests are literal notices and snapshots, half a second apart. The first
// snapshot begins; the events are those of all the others, each line one step.
// A step begins with hear for one notice, with lost, or is a snapshot.
var notificationTests = []struct {
	name  string
	steps []string
	want  []string
}{
	{"a tracked pair closes with its second notice", []string{pair3000, notify2, notify3, listener3000}, []string{"", closed32 + both, ""}},
	{"server first", []string{pair3000, notify3, notify2, listener3000}, []string{"", closed32 + both, ""}},
	{"the time it lived is until the notice", []string{listener3000, pair3000, notify2, notify3}, []string{"opened 3=2 tcp ESTABLISHED 127.0.0.1:3000 < 127.0.0.1:51234 via 1", "", closed32 + " lived 1s" + both}},
	{"of one that came the table had one end, then it is notified to close", []string{listener3000, oneEnd3000, notify2, notify3, listener3000}, []string{
		"", "", "opened 2 tcp ESTABLISHED 127.0.0.1:51234 > 127.0.0.1:3000; closed 3=2 tcp CLOSE 127.0.0.1:3000 < 127.0.0.1:51234 via 1 lived 1s" + both, "",
	}},
	{"of one that came the table had one end, then one end is notified", []string{listener3000, oneEnd3000, notify2, listener3000, notify3, listener3000}, []string{
		"", "", "opened 2 tcp ESTABLISHED 127.0.0.1:51234 > 127.0.0.1:3000", "closed 3=2 tcp CLOSE 127.0.0.1:3000 < 127.0.0.1:51234 via 1 lived 1.5s" + both, "",
	}},
	{"a short-lived one", []string{listener3000, notify2, notify3, listener3000, listener3000}, []string{"", shortLived32 + both, "", ""}},
	{"a short-lived one, server first", []string{listener3000, notify3, notify2, listener3000}, []string{"", shortLived32 + both, ""}},
	{"only one end is ever notified", []string{listener3000, notify3, listener3000, listener3000, listener3000}, []string{
		"", "", "closed 3 tcp CLOSE 127.0.0.1:3000 < 127.0.0.1:51234 via 1 unseen in:11 out:20", "",
	}},
	{"and the other one much later", []string{listener3000, notify3, listener3000, listener3000, listener3000, listener3000, notify2, listener3000, listener3000, listener3000}, []string{
		"", "", "closed 3 tcp CLOSE 127.0.0.1:3000 < 127.0.0.1:51234 via 1 unseen in:11 out:20", "", "", "", "", "", "",
	}},
	{"to another machine: there is no other end", []string{listener3000, "notify 4 192.168.1.5:51000 93.184.216.34:443 sent:5 got:6"}, []string{
		"closed 4 tcp CLOSE 192.168.1.5:51000 >? 93.184.216.34:443 unseen in:6 out:5",
	}},
	{"connected to itself", []string{listener3000, "notify 4 127.0.0.1:51000 127.0.0.1:51000 sent:5 got:6"}, []string{
		"closed 4 tcp CLOSE 127.0.0.1:51000 >? 127.0.0.1:51000 unseen in:6 out:5",
	}},
	{"the snapshot is quicker, the notices have the bytes", []string{pair3000, listener3000, notify2, notify3, listener3000}, []string{"", "", closed32 + both, ""}},
	{"one notice before, one after the snapshot", []string{pair3000, notify2, listener3000, notify3, listener3000}, []string{"", "", closed32 + both, ""}},
	{"the notices never come", []string{pair3000, listener3000, listener3000, listener3000, notify2, notify3, listener3000, listener3000, listener3000}, []string{
		"", "", closed32, "", "", "", "", "",
	}},
	{"an old table shows it still", []string{listener3000, notify2, notify3, pair3000, listener3000}, []string{"", shortLived32 + both, "", ""}},
	{"an old table shows how it went", []string{pair3000, notify2, notify3, clientOnly, listener3000}, []string{"", closed32 + both, "", ""}},
	{"TIME_WAIT is left", []string{
		pair3000, notify2, notify3, listener3000 + "2 tcp TIME_WAIT 127.0.0.1:51234 127.0.0.1:3000",
		listener3000 + "2 tcp TIME_WAIT 127.0.0.1:51234 127.0.0.1:3000", listener3000,
	}, []string{"", closed32 + both, "", "", ""}},
	{"TIME_WAIT is seen before its notice", []string{
		listener3000, listener3000 + "2 tcp TIME_WAIT 127.0.0.1:51234 127.0.0.1:3000", notify2, notify3,
		listener3000,
	}, []string{"", "", shortLived32 + both, ""}},
	{"the client has gone, the server goes on for long", []string{listener3000, notify2, clientOnly, clientOnly, clientOnly, clientOnly, notify3, listener3000}, []string{
		"", "opened 3 tcp CLOSE_WAIT 127.0.0.1:3000 < 127.0.0.1:51234 via 1", "", "", "",
		"closed 3=2 tcp CLOSE_WAIT 127.0.0.1:3000 < 127.0.0.1:51234 via 1 lived 2s" + both, "",
	}},
	{"a listener", []string{listener3000, "notify 1 127.0.0.1:3000", ""}, []string{"closed 1 tcp LISTEN 127.0.0.1:3000", ""}},
	{"a listener that the snapshot misses first", []string{listener3000, "", "notify 1 127.0.0.1:3000", ""}, []string{"closed 1 tcp LISTEN 127.0.0.1:3000", "", ""}},
	{"no listener any more, and both ports are ephemeral", []string{"", "notify 2 127.0.0.1:51234 127.0.0.1:40000 sent:10 got:21", "notify 3 127.0.0.1:40000 127.0.0.1:51234 sent:20 got:11", ""}, []string{
		"", "closed 3=2 tcp CLOSE 127.0.0.1:40000 <? 127.0.0.1:51234 unseen" + both, "",
	}},
	{"UDP", []string{"4 udp UNCONN 127.0.0.1:53", "notify 4 127.0.0.1:53 udp", ""}, []string{"closed 4 udp UNCONN 127.0.0.1:53", ""}},
	{"connected UDP", []string{"4 udp ESTABLISHED 127.0.0.1:5000 127.0.0.1:53", "notify 4 127.0.0.1:5000 127.0.0.1:53 udp", ""}, []string{
		"closed 4 udp ESTABLISHED 127.0.0.1:5000 >? 127.0.0.1:53", "",
	}},
	{"what was never bound is no event", []string{"", "notify 4 0.0.0.0:0", ""}, []string{"", ""}},
	{"reset by the client, which has lost its addresses", []string{listener3000, "notify 2 0.0.0.0:51234 127.0.0.1:0", "notify 3 127.0.0.1:3000 127.0.0.1:51234 sent:20 got:10"}, []string{
		"", "closed 3 tcp CLOSE 127.0.0.1:3000 < 127.0.0.1:51234 via 1 unseen" + both,
	}},
	{"reset by the client, seen", []string{pair3000, "notify 2 0.0.0.0:51234 127.0.0.1:0", "notify 3 127.0.0.1:3000 127.0.0.1:51234 sent:20 got:10", listener3000}, []string{
		"", closed32 + both, "",
	}},
	{"a server's reset says nothing of other connections", []string{listener3000, "notify 9 127.0.0.1:3000 127.0.0.1:0", notify2, notify3}, []string{"", "", shortLived32 + both}},
	{"the same ports twice within one interval", []string{
		listener3000, "notify 2 0.0.0.0:51234 127.0.0.1:0", "notify 3 127.0.0.1:3000 127.0.0.1:51234 sent:1 got:2",
		"notify 5 127.0.0.1:3000 127.0.0.1:51234 sent:20 got:11", "notify 4 127.0.0.1:51234 127.0.0.1:3000 sent:10 got:21", listener3000,
	}, []string{
		"", "closed 3 tcp CLOSE 127.0.0.1:3000 < 127.0.0.1:51234 via 1 unseen in:2 out:1", "",
		"closed 5=4 tcp CLOSE 127.0.0.1:3000 < 127.0.0.1:51234 via 1 unseen" + both, "",
	}},
	{"the same ports again, the first one was seen", []string{
		pair3000, notify2, notify3, "notify 5 127.0.0.1:3000 127.0.0.1:51234 sent:20 got:11", "notify 4 127.0.0.1:51234 127.0.0.1:3000 sent:10 got:21",
		listener3000,
	}, []string{"", closed32 + both, "", "closed 5=4 tcp CLOSE 127.0.0.1:3000 < 127.0.0.1:51234 via 1 unseen" + both, ""}},
	{"notices were lost: the table tells", []string{listener3000, "lost", listener3000 + "2 tcp TIME_WAIT 127.0.0.1:51234 127.0.0.1:3000", notify3, listener3000, listener3000, listener3000}, []string{
		"", "closed 2 tcp TIME_WAIT 127.0.0.1:51234 > 127.0.0.1:3000 unseen", "", "", "", "",
	}},
	{"notices were lost: what has gone has gone", []string{pair3000, "lost", listener3000, listener3000, listener3000}, []string{"", "", "", closed32}},
}

func TestApplyNotifications(t *testing.T) {
	for _, c := range notificationTests {
		m := New()
		m.EnableNotifications()
		m.Update(modeltest.Snapshot(t, 0, c.steps[0]))
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

func (m *Tracker) takeStep(t *testing.T, seconds float64, step string) []Event {
	t.Helper()
	if step == "lost" {
		return m.ApplyNotifications(nil, true)
	}
	if rest, ok := strings.CutPrefix(step, "notify "); ok {
		return m.ApplyNotifications([]sockets.DestroyNotification{literalNotification(t, seconds, rest)}, false)
	}
	return m.Update(modeltest.Snapshot(t, seconds, step))
}

// literalNotification reads ID LOCAL [REMOTE] [udp] [sent:N] [got:N].
func literalNotification(t *testing.T, seconds float64, text string) sockets.DestroyNotification {
	t.Helper()
	fields := strings.Fields(text)
	id, err := strconv.Atoi(fields[0])
	if err != nil {
		t.Fatal(err)
	}
	n := sockets.DestroyNotification{Time: modeltest.Began.Add(time.Duration(seconds * float64(time.Second)))}
	n.Socket = sockets.Socket{ID: sockets.ID(id), Protocol: sockets.TCP, State: sockets.Close, Local: netip.MustParseAddrPort(fields[1])}
	n.TCPInfo.Known = true
	for _, f := range fields[2:] {
		key, value, found := strings.Cut(f, ":")
		switch number, _ := strconv.ParseUint(value, 10, 64); {
		case f == "udp":
			n.Socket.Protocol, n.TCPInfo = sockets.UDP, sockets.TCPInfo{}
		case found && key == "sent":
			n.TCPInfo.Sent = number
		case found && key == "got":
			n.TCPInfo.Received = number
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
		if e := &events[i]; e.HasBytes {
			all[i] += fmt.Sprintf(" in:%d out:%d", e.Received, e.Sent)
		}
	}
	return all
}

// Notifications that are never completed must not accumulate.
func TestNotificationMemoryIsBounded(t *testing.T) {
	m := New()
	m.EnableNotifications()
	m.Update(modeltest.Snapshot(t, 0, listener3000))
	id := sockets.ID(100)
	for pass := range 40 {
		var all []sockets.DestroyNotification
		for i := range 2000 {
			id++
			n := literalNotification(t, float64(pass), "0 127.0.0.1:3000 127.0.0.1:1 sent:1 got:2")
			n.Socket.ID = id
			n.Socket.Remote = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, byte(pass), byte(1 + i>>8)}), uint16(1000+i))
			all = append(all, n)
		}
		m.ApplyNotifications(all, false)
		m.Update(modeltest.Snapshot(t, float64(pass), listener3000))
	}
	h := &m.notifications
	if n := len(h.expired.newer) + len(h.expired.older); n > 2*maxExpired {
		t.Errorf("%d late ones", n)
	}
	if len(h.recentlyDestroyed) > 8000 || len(h.pendingCloses) > 6000 || len(h.emittedCloses) > 0 {
		t.Errorf("%d recently destroyed, %d pending, %d emitted", len(h.recentlyDestroyed), len(h.pendingCloses), len(h.emittedCloses))
	}
}

// A row closed by a notification shows once more, and no longer than others.
func TestNotifiedRowsShowOnce(t *testing.T) {
	for _, steps := range [][]string{
		{pair3000, notify2, notify3, listener3000},
		{pair3000, notify2, listener3000, notify3, listener3000},
		{pair3000, listener3000, notify2, notify3, listener3000},
		{pair3000, listener3000, listener3000, listener3000},
	} {
		m := New()
		m.EnableNotifications()
		m.Update(modeltest.Snapshot(t, 0, steps[0]))
		for i, step := range steps[1:] {
			m.takeStep(t, float64(i+1)/2, step)
		}
		rows, _ := m.Rows(nil, ListOptions{})
		want := []string{"  1 tcp LISTEN 127.0.0.1:3000", "- 3=2 tcp ESTABLISHED 127.0.0.1:3000 < 127.0.0.1:51234 via 1"}
		if diff := cmp.Diff(want, sketches(rows)); diff != "" {
			t.Errorf("%q: %s", steps, diff)
		}
		m.Update(modeltest.Snapshot(t, 20, listener3000))
		if rows, _ := m.Rows(nil, ListOptions{}); len(rows) != 1 {
			t.Errorf("%q: later %q", steps, sketches(rows))
		}
	}
}
