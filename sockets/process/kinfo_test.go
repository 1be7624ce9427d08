package process

import (
	"encoding/binary"
	"slices"
	"testing"
)

func TestParseKinfo(t *testing.T) {
	le := binary.LittleEndian
	b := make([]byte, 648)
	le.PutUint64(b, 1700000000)
	le.PutUint32(b[8:], 123456)
	b[36] = 4
	le.PutUint32(b[40:], 4411)
	le.PutUint32(b[232:], 1<<14)
	copy(b[243:], "node")
	le.PutUint32(b[420:], 501)
	le.PutUint32(b[560:], 812)
	k, err := parseKinfo(b)
	if err != nil || k.pid != 4411 || k.parent != 812 || k.start != 1700000000123456 || string(k.name) != "node" ||
		k.uid != 501 || k.state != 'T' || k.sigIgn != 1<<14 || k.tracer != 0 {
		t.Errorf("%+v, %v", k, err)
	}
	for n := range b {
		if _, err := parseKinfo(b[:n]); err == nil {
			t.Fatalf("%d bytes are taken", n)
		}
	}
}

func TestParseProcArgs(t *testing.T) {
	for _, tt := range []struct {
		in, path string
		args     []string
	}{
		{"\x02\x00\x00\x00/bin/node\x00\x00\x00\x00node\x00server.js\x00HOME=/\x00", "/bin/node", []string{"node", "server.js"}},
		{"\xff\xff\xff\xff/bin/node\x00node\x00cut", "/bin/node", []string{"node"}},
		{"\x00\x00\x00\x00", "", nil},
		{"\x01\x00", "", nil},
	} {
		if path, args := parseProcArgs([]byte(tt.in)); path != tt.path || !slices.Equal(args, tt.args) {
			t.Errorf("%q: %q, %q", tt.in, path, args)
		}
	}
}

func FuzzParseProcArgs(f *testing.F) {
	f.Add([]byte("\x02\x00\x00\x00/bin/node\x00\x00node\x00a\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, args := parseProcArgs(b); len(args) > len(b) {
			t.Error(len(args))
		}
	})
}
