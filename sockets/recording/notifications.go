package recording

import (
	"encoding/json"
	"strconv"
	"time"

	"lotop/sockets"
)

// NotificationSource is a source of destroy notifications: a watcher of the
// live kernel, or a recording.
type NotificationSource interface {
	Ready() <-chan struct{}
	Drain(dst []sockets.DestroyNotification) (_ []sockets.DestroyNotification, lost int)
	Close() error
}

// notificationLine is a [sockets.DestroyNotification].
type notificationLine struct {
	Time     int64           `json:"time"`
	Socket   json.RawMessage `json:"socket"` // a socketLine
	HasInfo  bool            `json:"info,omitempty"`
	Sent     uint64          `json:"sent,omitempty"`
	Received uint64          `json:"received,omitempty"`
	RTT      int64           `json:"rtt,omitempty"` // ns
}

func (a *encoder) notificationLine(n *sockets.DestroyNotification) notificationLine {
	return notificationLine{
		Time: n.Time.UnixNano(), Socket: appendSocket(nil, &n.Socket, a.cgroupNumber(n.Socket.Cgroup)),
		HasInfo: n.TCPInfo.Known, Sent: n.TCPInfo.Sent, Received: n.TCPInfo.Received, RTT: int64(n.TCPInfo.RTT),
	}
}

func (l *notificationLine) notification(s sockets.Socket) sockets.DestroyNotification {
	return sockets.DestroyNotification{
		Time: fromNano(l.Time), Socket: s,
		TCPInfo: sockets.TCPInfo{Known: l.HasInfo, Sent: l.Sent, Received: l.Received, RTT: time.Duration(l.RTT)},
	}
}

// appendNotifications appends a line with notifications that were drained
// together.
func (a *encoder) appendNotifications(b []byte, all []sockets.DestroyNotification, lost int) []byte {
	lines := make([]notificationLine, len(all))
	var latest int64
	for i := range all {
		lines[i] = a.notificationLine(&all[i])
		latest = max(latest, lines[i].Time)
	}
	if latest == 0 {
		latest = a.last.Time.UnixNano() // dropped notifications have no time
	}
	b = append(b, `{"notices":`...)
	b = strconv.AppendInt(b, latest, 10)
	b = a.appendNewCgroups(b)
	if len(lines) > 0 {
		b = appendValue(b, "closed", lines)
	}
	if lost > 0 {
		b = appendNumber(b, "lost", uint64(lost))
	}
	return append(b, "}\n"...)
}

// WriteNotifications records notifications, and that so many were lost. Those
// before the first snapshot are omitted, because no snapshot precedes them.
func (r *Recorder) WriteNotifications(all []sockets.DestroyNotification, lost int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(all) > 0 || lost > 0 {
		if r.err != nil || r.snapshotCount == 0 {
			return
		}
		some := all[:min(len(all), maxNotifications)]
		r.line = r.encoder.appendNotifications(r.line[:0], some, lost)
		r.fail(r.writeLine())
		r.deltaBudget -= len(r.line)
		all, lost = all[len(some):], 0
	}
}

// maxNotifications is how many notifications a line can have.
const maxNotifications = 4096

// TeeNotifications returns a source that returns the notifications of l and
// records them.
func (r *Recorder) TeeNotifications(l NotificationSource) NotificationSource {
	return teeNotifications{l, r}
}

type teeNotifications struct {
	NotificationSource
	recorder *Recorder
}

func (n teeNotifications) Drain(dst []sockets.DestroyNotification) ([]sockets.DestroyNotification, int) {
	before := len(dst)
	dst, lost := n.NotificationSource.Drain(dst)
	n.recorder.WriteNotifications(dst[before:], lost)
	return dst, lost
}
