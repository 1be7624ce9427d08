package pcblist

import (
	"encoding/binary"

	"lotop/sockets"
)

// readQueues sets the queue lengths: bytes, or for a listener connections.
func (t *pcbRecords) readQueues(s *sockets.Socket) {
	le := binary.LittleEndian
	if s.State == sockets.Listen {
		// socketQueue includes handshakes, which accept cannot return yet.
		queued := int(le.Uint16(t.socket[socketQueue:])) - int(le.Uint16(t.socket[socketHalfQueue:]))
		s.RecvQueue, s.SendQueue = uint32(max(0, queued)), uint32(le.Uint16(t.socket[socketLimit:]))
		s.HasQueue = true
		return
	}
	if t.receive == nil || t.send == nil {
		return
	}
	s.RecvQueue, s.SendQueue = le.Uint32(t.receive[bufferBytes:]), le.Uint32(t.send[bufferBytes:])
	s.HasQueue = true
}

// readTraffic sums the counters of the traffic classes, as netstat -b does.
func (t *pcbRecords) readTraffic(p *PCB) {
	if t.stats == nil || p.Protocol != sockets.TCP {
		return
	}
	le := binary.LittleEndian
	p.Traffic.Known = true
	for class := range statsClasses {
		b := t.stats[statsFirst+class*statsClass:]
		p.Traffic.Received += le.Uint64(b[8:])
		p.Traffic.Sent += le.Uint64(b[24:])
	}
}

// id returns a hash of the handle and the generation of the socket, a pair that is
// not reused before the next boot. Flows of the user-space network stack may have
// neither; their ID is a hash of the remaining fields.
func (t *pcbRecords) id(p *PCB) sockets.ID {
	le := binary.LittleEndian
	handle, generation := le.Uint64(t.inpcb[inpcbHandle:]), le.Uint64(t.inpcb[inpcbGeneration:])
	h := splitmix(uint64(p.Protocol), handle)
	h = splitmix(h, generation)
	if handle == 0 && generation == 0 {
		for _, end := range [][]byte{t.inpcb[inpcbRemotePort:][:4], t.inpcb[inpcbRemote:][:32]} {
			for ; len(end) >= 4; end = end[4:] {
				h = splitmix(h, uint64(le.Uint32(end)))
			}
		}
		h = splitmix(h, uint64(uint32(p.LastPID)))
	}
	return sockets.ID(h)
}

// splitmix mixes v into h: the finalizer of SplitMix64 (Steele, Lea, Flood 2014),
// which maps different inputs to different outputs.
func splitmix(h, v uint64) uint64 {
	h = h*0x9e3779b97f4a7c15 + v + 1
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}
