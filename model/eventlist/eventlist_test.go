package eventlist

import (
	"testing"
	"time"

	"lotop/model"
	"lotop/model/modeltest"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/sockets/process"
)

// short makes a short-lived connection to a port, so many seconds after the start.
func short(port string, seconds float64, pid int32) track.Event {
	s := &sockets.Socket{
		Protocol: sockets.TCP, State: sockets.Close,
		Local: modeltest.AddrPort("127.0.0.1:" + port), Remote: modeltest.AddrPort("127.0.0.1:50000"),
		Owners: []sockets.Owner{{PID: pid}},
	}
	snap := &sockets.Snapshot{Processes: map[int32]*process.Process{pid: modeltest.Process(int(pid))}}
	return track.Event{
		Kind: track.EventClosed, ShortLived: true, HasBytes: true, Sent: 10, Received: 3,
		Time: modeltest.Began.Add(time.Duration(seconds * float64(time.Second))),
		Row:  model.Row{Socket: s, Snapshot: snap, Inbound: true},
	}
}

// fold returns the rows of events, the oldest first.
func fold(opened map[uint64]bool, events ...track.Event) []Row {
	log := track.NewEventLog(100)
	log.Add(events...)
	return Fold(nil, log.Newest(nil, true), opened)
}

func TestFold(t *testing.T) {
	listener := short("3000", 3, 10)
	listener.ShortLived = false
	debugged := short("3000", 3, 10)
	debugged.Row.Debugger = "delve"
	for _, tt := range []struct {
		name   string
		events []track.Event
		want   []int // counts, the newest first
	}{
		{"one", []track.Event{short("3000", 1, 10)}, []int{1}},
		{"three alike", []track.Event{short("3000", 1, 10), short("3000", 2, 10), short("3000", 3, 10)}, []int{3}},
		{"with others between", []track.Event{short("3000", 1, 10), short("6379", 2, 11), short("3000", 3, 10), short("6379", 3, 11)}, []int{2, 2}},
		{"another port", []track.Event{short("3000", 1, 10), short("3001", 2, 10)}, []int{1, 1}},
		{"another process", []track.Event{short("3000", 1, 10), short("3000", 2, 11)}, []int{1, 1}},
		{"long after", []track.Event{short("3000", 1, 10), short("3000", 11, 10)}, []int{1, 1}},
		{"longer ones", []track.Event{listener, listener}, []int{1, 1}},
		{"a debugger's", []track.Event{debugged, debugged}, []int{1, 1}},
	} {
		rows := fold(nil, tt.events...)
		if len(rows) != len(tt.want) {
			t.Errorf("%s: %d rows, want %v", tt.name, len(rows), tt.want)
			continue
		}
		for i, r := range rows {
			if r.Count != tt.want[i] || r.Sent != uint64(10*r.Count) || r.Received != uint64(3*r.Count) {
				t.Errorf("%s: row %d counts %d and %d bytes, want %v", tt.name, i, r.Count, r.Sent, tt.want)
			}
		}
	}
}

// Bytes of which some are unknown are unknown.
func TestFoldUnknownBytes(t *testing.T) {
	unknown := short("3000", 1, 10)
	unknown.HasBytes = false
	if r := fold(nil, short("3000", 1, 10), unknown, short("3000", 1, 10))[0]; r.HasBytes || r.Count != 3 {
		t.Errorf("%+v", r)
	}
}

func TestOpen(t *testing.T) {
	events := []track.Event{short("6379", 1, 11), short("3000", 1, 10), short("6379", 2, 11), short("3000", 3, 10)}
	rows := fold(nil, events...)
	key := rows[0].FoldKey()
	if key == 0 || rows[0].Row.Socket.Local.Port() != 3000 {
		t.Fatalf("%+v", rows[0])
	}
	rows = fold(map[uint64]bool{key: true}, events...)
	if rows[0].HasKey(rows[2].Keys()[0]) {
		t.Error("the row has a key of its oldest event, which has a row of its own")
	}
	if len(rows) != 4 || !rows[0].Opened || !rows[1].Under || !rows[2].Under || rows[1].Seq != 4 || rows[2].Seq != 2 || rows[3].Under || rows[3].Opened {
		t.Errorf("%d rows: %+v", len(rows), rows)
	}
}

// The selection stays with a row that becomes part of another.
func TestKeys(t *testing.T) {
	before := fold(nil, short("3000", 1, 10))[0]
	after := fold(nil, short("3000", 1, 10), short("3000", 2, 10))[0]
	if key := before.Keys()[0]; !after.HasKey(key) || before.FoldKey() != 0 {
		t.Errorf("%d is not one of %v", key, after.Keys())
	}
	more := fold(nil, short("3000", 1, 10), short("3000", 2, 10), short("3000", 3, 10))[0]
	if !more.HasKey(after.Keys()[0]) || more.HasKey(0) {
		t.Errorf("%v and %v", after.Keys(), more.Keys())
	}
}
