package sockdiag

import (
	"encoding/binary"

	"golang.org/x/sys/unix"

	"lotop/sockets"
)

// TCPInfo returns the counters of one socket. Any error means that it is closed.
func (d *Conn) TCPInfo(s *sockets.Socket) sockets.TCPInfo {
	d.seq++
	d.req = socketRequest(d.req[:0], s, sockDiagByFamily, nlmFlagRequest, d.seq)
	d.req[nlHeaderLen+2] = 1 << (attrInfo - 1) // idiag_ext: the requested attributes
	if _, err := unix.Write(d.fd, d.req); err != nil {
		return sockets.TCPInfo{}
	}
	n, err := unix.Read(d.fd, d.buf)
	if err != nil {
		return sockets.TCPInfo{}
	}
	return parseInfoReply(d.buf[:n], d.seq)
}

// parseInfoReply returns the tcp_info of the reply to a request about one socket.
func parseInfoReply(buf []byte, seq uint32) sockets.TCPInfo {
	ne := binary.NativeEndian
	if len(buf) < nlHeaderLen+diagMessageLen || ne.Uint16(buf[4:]) != sockDiagByFamily || ne.Uint32(buf[8:]) != seq {
		return sockets.TCPInfo{}
	}
	var i sockets.TCPInfo
	eachAttr(buf[nlHeaderLen+diagMessageLen:], func(kind uint16, data []byte) {
		if kind == attrInfo {
			i = parseTCPInfo(data)
		}
	})
	return i
}
