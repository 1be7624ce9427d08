package recording

import (
	"bytes"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

func TestPieces(t *testing.T) {
	all := make([]byte, 3*pieceSize+5)
	for i := range all {
		all[i] = byte(rand.Uint32())
	}
	for _, n := range []int{0, 1, pieceSize - 1, pieceSize, pieceSize + 1, len(all)} {
		var p pieces
		if err := p.fill(iotest.HalfReader(bytes.NewReader(all[:n])), int64(len(all))); err != nil || p.size != int64(n) {
			t.Fatal(n, p.size, err)
		}
		if err := iotest.TestReader(io.NewSectionReader(&p, 0, p.size), all[:n]); err != nil {
			t.Error(n, err)
		}
		if _, err := p.ReadAt(make([]byte, 1), p.size); err != io.EOF {
			t.Error(n, err)
		}
	}
	var p pieces
	if err := p.fill(bytes.NewReader(all), 2<<20); err == nil || err.Error() != "larger than 2 MiB: save it to a file and replay that" {
		t.Error(err)
	}
	p = pieces{}
	if err := p.fill(iotest.ErrReader(errFull), 1); err != errFull {
		t.Error(err)
	}
}

// zeros is a pipe that never ends.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// TestPipeMemory reads a pipe larger than any recording may be, and allocates
// little more than the limit.
func TestPipeMemory(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := openPiped(zeros{})
	runtime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Error(err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > maxPiped+8<<20 {
		t.Errorf("%d MiB", took>>20)
	}
}
