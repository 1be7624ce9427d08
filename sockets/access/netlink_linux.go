package access

import (
	"encoding/binary"
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// The messages of sock_diag (include/uapi/linux/inet_diag.h). Package sockdiag
// reads tables by them; the few bytes here only find out what works.
const (
	tcpDiagGetSock   = 18
	sockDiagByFamily = 20
	sockDiagDestroy  = 21

	nlHeader    = 16
	inetDiagMsg = 72

	attrInfo   = 2
	attrCgroup = 21

	stateListen = 10
	stateBound  = 13 // TCP_BOUND_INACTIVE
)

var errShortAnswer = errors.New("the answer is not netlink")

// attributes is what a listed socket comes with.
type attributes struct {
	port         uint16
	info, cgroup bool
}

type diag struct {
	fd  int
	buf []byte
}

func openDiag() (*diag, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return nil, err
	}
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 2}); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return &diag{fd: fd, buf: make([]byte, 32<<10)}, nil
}

func (d *diag) close() { unix.Close(d.fd) }

// message starts a request: struct nlmsghdr with its length filled in.
func message(kind, flags uint16, body []byte) []byte {
	b := make([]byte, nlHeader, nlHeader+len(body))
	binary.NativeEndian.PutUint32(b, uint32(nlHeader+len(body)))
	binary.NativeEndian.PutUint16(b[4:], kind)
	binary.NativeEndian.PutUint16(b[6:], unix.NLM_F_REQUEST|flags)
	return append(b, body...)
}

// requestV2 is struct inet_diag_req_v2.
func requestV2(family, protocol uint8, states uint32) []byte {
	b := make([]byte, 56)
	b[0], b[1], b[2] = family, protocol, 1<<(attrInfo-1)
	binary.NativeEndian.PutUint32(b[4:], states)
	return b
}

func (d *diag) dump(family, protocol uint8, states uint32, each func(attributes)) error {
	return d.ask(message(sockDiagByFamily, unix.NLM_F_DUMP, requestV2(family, protocol, states)), each)
}

// dumpBothFamilies sends the older request, struct inet_diag_req.
func (d *diag) dumpBothFamilies(states uint32) error {
	b := make([]byte, 60)
	binary.NativeEndian.PutUint32(b[52:], states)
	return d.ask(message(tcpDiagGetSock, unix.NLM_F_DUMP, b), nil)
}

// destroyNothing asks to close the socket 0.0.0.0:0 → 0.0.0.0:0 with a cookie that
// is neither any socket's nor the one that means any (INET_DIAG_NOCOOKIE).
func (d *diag) destroyNothing() error {
	b := requestV2(unix.AF_INET, unix.IPPROTO_TCP, 0)
	binary.NativeEndian.PutUint32(b[48:], 1<<32-2)
	binary.NativeEndian.PutUint32(b[52:], 1<<32-2)
	return d.ask(message(sockDiagDestroy, unix.NLM_F_ACK, b), nil)
}

// ask sends a request and reads its answer to the end.
func (d *diag) ask(request []byte, each func(attributes)) error {
	if _, err := unix.Write(d.fd, request); err != nil {
		return err
	}
	for {
		n, err := unix.Read(d.fd, d.buf)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return err
		}
		if done, err := parseAnswer(d.buf[:n], each); done || err != nil {
			return err
		}
	}
}

// parseAnswer goes through one packet; done reports that no other follows.
func parseAnswer(b []byte, each func(attributes)) (done bool, err error) {
	for len(b) >= nlHeader {
		size := int(binary.NativeEndian.Uint32(b))
		if size < nlHeader || size > len(b) {
			return true, errShortAnswer
		}
		body := b[nlHeader:size]
		switch binary.NativeEndian.Uint16(b[4:]) {
		case unix.NLMSG_DONE, unix.NLMSG_ERROR:
			if len(body) < 4 {
				return true, nil
			}
			if code := int32(binary.NativeEndian.Uint32(body)); code < 0 {
				return true, syscall.Errno(-code)
			}
			return true, nil
		default:
			if each != nil && len(body) >= inetDiagMsg {
				each(parseAttributes(body))
			}
		}
		b = b[min((size+3)&^3, len(b)):]
	}
	if len(b) > 0 {
		return true, errShortAnswer
	}
	return false, nil
}

func parseAttributes(body []byte) attributes {
	a := attributes{port: binary.BigEndian.Uint16(body[4:])}
	for b := body[inetDiagMsg:]; len(b) >= 4; {
		size := int(binary.NativeEndian.Uint16(b))
		if size < 4 || size > len(b) {
			return a
		}
		switch binary.NativeEndian.Uint16(b[2:]) {
		case attrInfo:
			a.info = true
		case attrCgroup:
			a.cgroup = true
		}
		b = b[min((size+3)&^3, len(b)):]
	}
	return a
}
