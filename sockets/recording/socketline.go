package recording

import (
	"encoding/json"
	"net/netip"
	"strconv"
	"time"

	"lotop/sockets"
	"lotop/sockets/process"
)

// socketLine is a [sockets.Socket]. Its numbers are those of the constants in
// package sockets; they never change their meaning within a version of the
// format.
type socketLine struct {
	ID       uint64         `json:"id"`
	Protocol uint8          `json:"protocol"`
	State    uint8          `json:"state"`
	Local    netip.AddrPort `json:"local"`
	Remote   netip.AddrPort `json:"remote"`
	Inode    uint64         `json:"inode"`
	Owners   [][2]int32     `json:"owners"` // pid, descriptor
	NoOwner  uint8          `json:"no_owner"`
	Cgroup   int            `json:"cgroup"` // 0 for none
	UID      uint32         `json:"uid"`
	Device   uint32         `json:"device"`
	Receive  uint32         `json:"receive_queue"`
	Send     uint32         `json:"send_queue"`
	Timer    uint8          `json:"timer"`
	TimerMS  uint32         `json:"timer_ms"`
	V6Only   uint8          `json:"v6_only"`
	Flags    uint8          `json:"flags"`
}

// The flags of a socketLine.
const (
	flagUID = 1 << iota
	flagQueue
	flagV6
	flagMapped
)

// appendSocket appends the JSON of a socketLine without zero values. It does
// not use reflection because a line can have 50,000 sockets.
func appendSocket(b []byte, s *sockets.Socket, cgroup int) []byte {
	b = append(b, `{"id":`...)
	b = strconv.AppendUint(b, uint64(s.ID), 10)
	b = appendNumber(b, "protocol", uint64(s.Protocol))
	b = appendNumber(b, "state", uint64(s.State))
	b = appendEnd(b, "local", s.Local)
	b = appendEnd(b, "remote", s.Remote)
	b = appendNumber(b, "inode", s.Inode)
	for i, o := range s.Owners {
		if i == 0 {
			b = append(b, `,"owners":[`...)
		} else {
			b = append(b, ',')
		}
		b = append(b, '[')
		b = strconv.AppendInt(b, int64(o.PID), 10)
		b = append(b, ',')
		b = strconv.AppendInt(b, int64(o.FD), 10)
		b = append(b, ']')
	}
	if len(s.Owners) > 0 {
		b = append(b, ']')
	}
	b = appendNumber(b, "no_owner", uint64(s.NoOwner))
	b = appendNumber(b, "cgroup", uint64(cgroup))
	b = appendNumber(b, "uid", uint64(s.UID))
	b = appendNumber(b, "device", uint64(s.Interface))
	b = appendNumber(b, "receive_queue", uint64(s.RecvQueue))
	b = appendNumber(b, "send_queue", uint64(s.SendQueue))
	b = appendNumber(b, "timer", uint64(s.Timer))
	b = appendNumber(b, "timer_ms", uint64(s.TimerLeft.Milliseconds()))
	b = appendNumber(b, "v6_only", uint64(s.V6Only))
	b = appendNumber(b, "flags", uint64(flags(s)))
	return append(b, '}')
}

func appendNumber(b []byte, key string, n uint64) []byte {
	if n == 0 {
		return b
	}
	b = append(b, `,"`...)
	b = append(b, key...)
	b = append(b, `":`...)
	return strconv.AppendUint(b, n, 10)
}

func appendEnd(b []byte, key string, a netip.AddrPort) []byte {
	if !a.IsValid() {
		return b
	}
	b = append(b, `,"`...)
	b = append(b, key...)
	b = append(b, `":`...)
	if a.Addr().Zone() != "" {
		quoted, _ := json.Marshal(a.String()) // marshaling a string cannot fail
		return append(b, quoted...)
	}
	b = append(b, '"')
	b = a.AppendTo(b)
	return append(b, '"')
}

func flags(s *sockets.Socket) uint8 {
	var f uint8
	for _, is := range []struct {
		flag uint8
		set  bool
	}{{flagUID, s.HasUID}, {flagQueue, s.HasQueue}, {flagV6, s.V6}, {flagMapped, s.V4Mapped}} {
		if is.set {
			f |= is.flag
		}
	}
	return f
}

func (l *socketLine) socket(cgroup *process.Cgroup) sockets.Socket {
	s := sockets.Socket{
		ID: sockets.ID(l.ID), Protocol: sockets.Protocol(l.Protocol), State: sockets.State(l.State),
		Local: l.Local, Remote: l.Remote, Inode: l.Inode,
		NoOwner: sockets.NoOwnerReason(l.NoOwner), Cgroup: cgroup,
		UID: l.UID, Interface: l.Device, RecvQueue: l.Receive, SendQueue: l.Send,
		Timer: sockets.Timer(l.Timer), TimerLeft: time.Duration(l.TimerMS) * time.Millisecond, V6Only: sockets.Tristate(l.V6Only),
		HasUID: l.Flags&flagUID != 0, HasQueue: l.Flags&flagQueue != 0,
		V6: l.Flags&flagV6 != 0, V4Mapped: l.Flags&flagMapped != 0,
	}
	if len(l.Owners) > 0 {
		s.Owners = make([]sockets.Owner, len(l.Owners))
		for i, o := range l.Owners {
			s.Owners[i] = sockets.Owner{PID: o[0], FD: o[1]}
		}
	}
	return s
}

// fromNano returns the time of day that many nanoseconds after the start of
// 1970.
func fromNano(ns int64) time.Time { return time.Unix(0, ns) }
