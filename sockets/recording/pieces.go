package recording

import (
	"fmt"
	"io"
)

// pieceSize is the size of one piece of the data read from a pipe.
const pieceSize = 1 << 20

// pieces is the data read from a pipe. It takes at most one piece more memory
// than its length; a growing slice would need twice its length.
type pieces struct {
	all  [][]byte // all full but the last
	size int64
}

// fill reads r to its end, at most that many bytes.
func (p *pieces) fill(r io.Reader, most int64) error {
	for {
		piece := make([]byte, pieceSize)
		n, err := io.ReadFull(r, piece)
		p.all, p.size = append(p.all, piece[:n]), p.size+int64(n)
		switch {
		case p.size > most:
			return fmt.Errorf("larger than %d MiB: save it to a file and replay that", most>>20)
		case err == io.EOF, err == io.ErrUnexpectedEOF:
			return nil
		case err != nil:
			return err
		}
	}
}

// ReadAt implements [io.ReaderAt].
func (p *pieces) ReadAt(b []byte, at int64) (int, error) {
	n := 0
	for n < len(b) && at >= 0 && at < p.size {
		copied := copy(b[n:], p.all[at/pieceSize][at%pieceSize:])
		n, at = n+copied, at+int64(copied)
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}
