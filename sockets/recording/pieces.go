package recording

import (
	"fmt"
	"io"
)

// pieceSize is how much of a pipe is kept in one piece of memory.
const pieceSize = 1 << 20

// pieces are bytes that were read from a pipe. They take no more memory than they
// are long, and a piece: a slice that grows would be there twice.
type pieces struct {
	all  [][]byte // full but for the last
	size int64
}

// fill reads all there is, at most so many bytes.
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
