package sockdiag

import (
	"encoding/binary"
	"time"

	"lotop/sockets"
)

const (
	attrInfo     = 2  // INET_DIAG_INFO
	attrProtocol = 10 // INET_DIAG_PROTOCOL

	// Offsets within struct tcp_info.
	infoRTT      = 68  // u32, microseconds
	infoReceived = 128 // u64 tcpi_bytes_received
	infoSent     = 200 // u64 tcpi_bytes_sent, retransmissions included
	infoRetrans  = 208 // u64 tcpi_bytes_retrans
	infoLen      = 216
)

// parseTCPInfo parses struct tcp_info. Kernels before 4.19 return a shorter one,
// which is ignored.
func parseTCPInfo(b []byte) sockets.TCPInfo {
	if len(b) < infoLen {
		return sockets.TCPInfo{}
	}
	ne := binary.NativeEndian
	i := sockets.TCPInfo{
		Known:    true,
		Sent:     ne.Uint64(b[infoSent:]),
		Received: ne.Uint64(b[infoReceived:]),
		RTT:      time.Duration(ne.Uint32(b[infoRTT:])) * time.Microsecond,
	}
	if retransmitted := ne.Uint64(b[infoRetrans:]); retransmitted <= i.Sent {
		i.Sent -= retransmitted
	}
	return i
}

// parseNotifications appends the notifications in buf, one datagram of the destroy
// groups.
func parseNotifications(dst []sockets.DestroyNotification, buf []byte, now time.Time) []sockets.DestroyNotification {
	ne := binary.NativeEndian
	for len(buf) >= nlHeaderLen {
		size := int(ne.Uint32(buf))
		if size < nlHeaderLen || size > len(buf) {
			return dst // the rest has no reliable start
		}
		body := buf[nlHeaderLen:size]
		if ne.Uint16(buf[4:]) == sockDiagByFamily && len(body) >= diagMessageLen {
			dst = appendNotification(dst, body, now)
		}
		buf = buf[min(align4(size), len(buf)):]
	}
	return dst
}

func appendNotification(dst []sockets.DestroyNotification, body []byte, now time.Time) []sockets.DestroyNotification {
	n := sockets.DestroyNotification{Time: now}
	protocol := sockets.UDP
	eachAttr(body[diagMessageLen:], func(kind uint16, data []byte) {
		switch {
		case kind == attrInfo:
			n.TCPInfo = parseTCPInfo(data)
		case kind == attrProtocol && len(data) >= 1:
			protocol = sockets.Protocol(data[0])
		}
	})
	one, err := appendSocket(nil, body, protocol)
	if err != nil {
		return dst
	}
	n.Socket = one[0]
	n.Socket.HasUID, n.Socket.HasQueue, n.Socket.NoOwner = false, false, sockets.NoReason
	// The queues are differences of sequence numbers and wrong by now: a FIN, which
	// takes one, counts as a queued byte or as minus one.
	n.Socket.RecvQueue, n.Socket.SendQueue = 0, 0
	return append(dst, n)
}
