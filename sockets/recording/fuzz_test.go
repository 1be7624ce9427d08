package recording

import (
	"bytes"
	"io"
	"testing"

	"lotop/sockets"
)

// FuzzOpen opens and replays arbitrary input: as a file, or as the lines of
// one, because hardly any change of a compressed byte survives decompression.
func FuzzOpen(f *testing.F) {
	all := generate(2, 12)
	file := record(f, Options{}, all, map[int][]sockets.DestroyNotification{3: {newGenerator(3).notification(noon)}}).Bytes()
	f.Add(file, false)
	f.Add(file[:len(file)/2], false)
	f.Add(unpack(f, file), true)
	f.Add([]byte(head1+key1+`{"snapshot":1772366401000000000,"cgroups":[{"path":"/"}],"table":[0,1,1],"rows":[{"id":2,"timer":3,"timer_ms":9,"cgroup":1}]}`+"\n"), true)
	f.Add([]byte(head1+key1+`{"notices":1772366401000000000,"closed":[{"time":1,"socket":{"id":1}}],"lost":2}`+"\n"+key1), true)
	f.Fuzz(func(t *testing.T, b []byte, lines bool) {
		if lines {
			b = pack(t, string(b))
		}
		p, err := openBytes(b)
		if err != nil {
			return
		}
		defer p.Close()
		_ = p.Damage()
		for n := 0; n < 100; n++ {
			m, err := p.Next()
			if err != nil {
				break
			}
			if m.Snapshot != nil && len(m.Snapshot.Sockets) > maxSockets {
				t.Fatal("too many sockets")
			}
		}
		p.Pause(true)
		var snap sockets.Snapshot
		for _, part := range []float64{1, 0.5, 0, 0.9} {
			p.SeekFraction(part)
			_ = p.Read(t.Context(), &snap)
			p.Notifications().Drain(nil)
			p.Step(1)
			_ = p.Read(t.Context(), &snap)
			p.Step(-1)
			if at := p.Position(); at.Index < 0 || at.Index >= at.Total {
				t.Fatalf("%+v", at)
			}
		}
	})
}

// unpack returns the lines of a file.
func unpack(t testing.TB, file []byte) []byte {
	t.Helper()
	r, err := newLineReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	var all []byte
	for _, frame := range findFrames(bytes.NewReader(file), int64(len(file))) {
		if err := r.begin(frame); err != nil {
			t.Fatal(err)
		}
		for {
			line, err := r.next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, line...)
		}
	}
	return all
}
