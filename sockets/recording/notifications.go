package recording

import (
	"encoding/json"
	"strconv"
	"time"

	"lotop/sockets"
)

// NotificationSource is where notices come from: [sockets.Notices], or a recording.
type NotificationSource interface {
	Ready() <-chan struct{}
	Drain(dst []sockets.DestroyNotification) (_ []sockets.DestroyNotification, lost int)
	Close() error
}

// notificationLine is a [sockets.Notice].
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

// appendNotifications appends the line of what was heard at once.
func (a *encoder) appendNotifications(b []byte, all []sockets.DestroyNotification, lost int) []byte {
	lines := make([]notificationLine, len(all))
	var latest int64
	for i := range all {
		lines[i] = a.notificationLine(&all[i])
		latest = max(latest, lines[i].Time)
	}
	if latest == 0 {
		latest = a.last.Time.UnixNano() // lost ones have no time of their own
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

// WriteNotifications writes down notices, and that so many were lost. Those that come before
// the first snapshot belong to nothing and are left out.
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

// maxNotifications is how many notices a line takes.
const maxNotifications = 4096

// TeeNotifications returns a Listener that hears what l hears, and writes it down.
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
