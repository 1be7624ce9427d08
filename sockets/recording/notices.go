package recording

import (
	"encoding/json"
	"strconv"
	"time"

	"lotop/sockets"
)

// Listener is where notices come from: [sockets.Notices], or a recording.
type Listener interface {
	Ready() <-chan struct{}
	Drain(dst []sockets.DestroyNotification) (_ []sockets.DestroyNotification, lost int)
	Close() error
}

// noticeLine is a [sockets.Notice].
type noticeLine struct {
	Time     int64           `json:"time"`
	Socket   json.RawMessage `json:"socket"` // a socketLine
	Info     bool            `json:"info,omitempty"`
	Sent     uint64          `json:"sent,omitempty"`
	Received uint64          `json:"received,omitempty"`
	RTT      int64           `json:"rtt,omitempty"` // ns
}

func (a *author) noticeLine(n *sockets.DestroyNotification) noticeLine {
	return noticeLine{
		Time: n.Time.UnixNano(), Socket: appendSocket(nil, &n.Socket, a.cgroup(n.Socket.Cgroup)),
		Info: n.TCPInfo.Known, Sent: n.TCPInfo.Sent, Received: n.TCPInfo.Received, RTT: int64(n.TCPInfo.RTT),
	}
}

func (l *noticeLine) notice(s sockets.Socket) sockets.DestroyNotification {
	return sockets.DestroyNotification{
		Time: fromNano(l.Time), Socket: s,
		TCPInfo: sockets.TCPInfo{Known: l.Info, Sent: l.Sent, Received: l.Received, RTT: time.Duration(l.RTT)},
	}
}

// appendNotices appends the line of what was heard at once.
func (a *author) appendNotices(b []byte, all []sockets.DestroyNotification, lost int) []byte {
	lines := make([]noticeLine, len(all))
	var latest int64
	for i := range all {
		lines[i] = a.noticeLine(&all[i])
		latest = max(latest, lines[i].Time)
	}
	if latest == 0 {
		latest = a.last.Time.UnixNano() // lost ones have no time of their own
	}
	b = append(b, `{"notices":`...)
	b = strconv.AppendInt(b, latest, 10)
	b = a.appendFresh(b)
	if len(lines) > 0 {
		b = appendValue(b, "closed", lines)
	}
	if lost > 0 {
		b = appendNumber(b, "lost", uint64(lost))
	}
	return append(b, "}\n"...)
}

// Note writes down notices, and that so many were lost. Those that come before
// the first snapshot belong to nothing and are left out.
func (r *Recorder) Note(all []sockets.DestroyNotification, lost int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(all) > 0 || lost > 0 {
		if r.err != nil || r.taken == 0 {
			return
		}
		some := all[:min(len(all), maxNoted)]
		r.line = r.author.appendNotices(r.line[:0], some, lost)
		r.fail(r.put())
		r.weight -= len(r.line)
		all, lost = all[len(some):], 0
	}
}

// maxNoted is how many notices a line takes.
const maxNoted = 4096

// Listen returns a Listener that hears what l hears, and writes it down.
func (r *Recorder) Listen(l Listener) Listener { return noting{l, r} }

type noting struct {
	Listener
	to *Recorder
}

func (n noting) Drain(dst []sockets.DestroyNotification) ([]sockets.DestroyNotification, int) {
	before := len(dst)
	dst, lost := n.Listener.Drain(dst)
	n.to.Note(dst[before:], lost)
	return dst, lost
}
