package access

import (
	"encoding/binary"
	"errors"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// Only an errno that is about the question is an answer.
func TestJudge(t *testing.T) {
	for _, tt := range []struct {
		err    error
		want   Verdict
		reason string
	}{
		{nil, Yes, "call"},
		{unix.ENOSYS, No, "call: ENOSYS"},
		{unix.EPERM, No, "call: EPERM (refused"},
		{unix.EACCES, No, "call: EACCES (refused"},
		{unix.ENOENT, Unknown, "call: ENOENT"},
		{unix.ENOMEM, Unknown, "call: ENOMEM"},
		{unix.EAGAIN, Unknown, "call: EAGAIN"},
		{errors.New("broken"), Unknown, "call: broken"},
	} {
		if f := judge("call", tt.err, unix.ENOSYS); f.verdict != tt.want || !strings.HasPrefix(f.reason, tt.reason) {
			t.Errorf("%v: %+v", tt.err, f)
		}
	}
}

// packet is a netlink message.
func packet(kind uint16, body []byte) []byte {
	b := message(kind, 0, body)
	return append(b, make([]byte, -len(b)&3)...)
}

func socketMessage(port uint16, attributes ...uint16) []byte {
	b := make([]byte, inetDiagMsg)
	binary.BigEndian.PutUint16(b[4:], port)
	for _, kind := range attributes {
		a := make([]byte, 8)
		binary.NativeEndian.PutUint16(a, 8)
		binary.NativeEndian.PutUint16(a[2:], kind)
		b = append(b, a...)
	}
	return packet(sockDiagByFamily, b)
}

func TestParseAnswer(t *testing.T) {
	code := func(n int32) []byte {
		return packet(unix.NLMSG_ERROR, binary.NativeEndian.AppendUint32(nil, uint32(n)))
	}
	for _, tt := range []struct {
		name string
		in   []byte
		done bool
		err  error
		seen []attributes
	}{
		{name: "nothing"},
		{name: "end", in: packet(unix.NLMSG_DONE, make([]byte, 4)), done: true},
		{name: "end without a code", in: packet(unix.NLMSG_DONE, nil), done: true},
		{name: "error", in: code(-int32(unix.ENOENT)), done: true, err: unix.ENOENT},
		{name: "no error", in: code(0), done: true},
		{name: "a socket", in: socketMessage(80, attrInfo, 7), seen: []attributes{{port: 80, info: true}}},
		{name: "two", in: append(socketMessage(80), socketMessage(81, attrCgroup)...), seen: []attributes{{port: 80}, {port: 81, cgroup: true}}},
		{name: "short socket", in: packet(sockDiagByFamily, make([]byte, inetDiagMsg-1))},
		{name: "cut header", in: make([]byte, nlHeader-1), done: true, err: errShortAnswer},
		{name: "no length", in: make([]byte, nlHeader), done: true, err: errShortAnswer},
		{name: "longer than it is", in: socketMessage(80)[:40], done: true, err: errShortAnswer},
	} {
		var seen []attributes
		done, err := parseAnswer(tt.in, func(a attributes) { seen = append(seen, a) })
		if done != tt.done || !errors.Is(err, tt.err) || len(seen) != len(tt.seen) {
			t.Errorf("%s: %v, %v, %v", tt.name, done, err, seen)
			continue
		}
		for i := range seen {
			if seen[i] != tt.seen[i] {
				t.Errorf("%s: %+v, want %+v", tt.name, seen[i], tt.seen[i])
			}
		}
	}
}

// An attribute that says it is longer than the message ends it.
func TestParseAttributesHostile(t *testing.T) {
	for _, size := range []uint16{0, 3, 9, 65535} {
		body := make([]byte, inetDiagMsg+8)
		binary.NativeEndian.PutUint16(body[inetDiagMsg:], size)
		binary.NativeEndian.PutUint16(body[inetDiagMsg+2:], attrInfo)
		if a := parseAttributes(body); a.info {
			t.Errorf("%d: %+v", size, a)
		}
	}
}

// The request to close names a socket that no kernel has: no ports, and a cookie
// that is not the one for any.
func TestDestroyNothingNamesNothing(t *testing.T) {
	var pair [2]int
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pair[0])
	defer unix.Close(pair[1])
	answer := packet(unix.NLMSG_ERROR, binary.NativeEndian.AppendUint32(nil, ^uint32(unix.ENOENT)+1))
	if _, err := unix.Write(pair[1], answer); err != nil {
		t.Fatal(err)
	}
	d := &diag{fd: pair[0], buf: make([]byte, 4096)}
	if f := d.probeDestroy(finding{verdict: Yes}); f.verdict != Yes {
		t.Errorf("%+v", f)
	}
	sent := make([]byte, 4096)
	n, err := unix.Read(pair[1], sent)
	if err != nil {
		t.Fatal(err)
	}
	const id = nlHeader + 8
	b := sent[:n]
	if binary.NativeEndian.Uint16(b[4:]) != sockDiagDestroy || binary.BigEndian.Uint32(b[id:]) != 0 {
		t.Errorf("% x", b)
	}
	if first, second := binary.NativeEndian.Uint32(b[id+40:]), binary.NativeEndian.Uint32(b[id+44:]); first != 1<<32-2 || second != 1<<32-2 {
		t.Errorf("cookie %x %x", first, second)
	}
}

// What the kernel answers to SOCK_DESTROY decides, and a success is none.
func TestProbeDestroy(t *testing.T) {
	for errno, want := range map[syscall.Errno]Verdict{0: Unknown, unix.ENOENT: Yes, unix.EOPNOTSUPP: No, unix.EPERM: No, unix.EINVAL: Unknown} {
		pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM, 0)
		if err != nil {
			t.Fatal(err)
		}
		answer := packet(unix.NLMSG_ERROR, binary.NativeEndian.AppendUint32(nil, -uint32(errno)))
		if _, err := unix.Write(pair[1], answer); err != nil {
			t.Fatal(err)
		}
		d := &diag{fd: pair[0], buf: make([]byte, 4096)}
		if f := d.probeDestroy(finding{verdict: Yes}); f.verdict != want {
			t.Errorf("%v: %+v, want %v", errno, f, want)
		}
		unix.Close(pair[0])
		unix.Close(pair[1])
	}
	if f := (&diag{}).probeDestroy(finding{verdict: No, reason: "x"}); f.verdict != Unknown {
		t.Errorf("without sock_diag: %+v", f)
	}
}
