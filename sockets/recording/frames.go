package recording

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/klauspost/compress/zstd"
)

var (
	// errIncomplete means that the last frame has no end, because lotop was
	// killed or is still writing. All lines of the frame are readable.
	errIncomplete = errors.New("incomplete: lotop was killed or is still writing it")
	errTruncated  = errors.New("truncated in the middle of a line")
)

// frame is the position of a zstd frame in the file (RFC 8878).
type frame struct {
	start, end int64
	err        error // why the frame is incomplete
}

// frameScanner finds the frames without decompressing them.
type frameScanner struct {
	r   *bufio.Reader
	pos int64
}

// findFrames returns the frames; only the last can be broken.
func findFrames(file io.ReaderAt, size int64) []frame {
	w := frameScanner{r: bufio.NewReaderSize(io.NewSectionReader(file, 0, size), 64<<10)}
	var all []frame
	for w.pos < size {
		f := frame{start: w.pos}
		skip := false
		skip, f.err = w.frame(&f.end)
		if skip && f.err == nil {
			continue
		}
		if len(all) == 2*maxSnapshots {
			f.err = errLimit
		}
		all = append(all, f)
		if f.err != nil {
			break
		}
	}
	return all
}

// frame scans a frame and sets end to the end of its last complete block.
func (w *frameScanner) frame(end *int64) (skip bool, err error) {
	*end = w.pos
	begin, err := w.r.Peek(zstd.HeaderMaxSize)
	if err != nil && err != io.EOF {
		return false, err
	}
	var h zstd.Header
	if err := h.Decode(begin); err != nil {
		return false, err
	}
	if h.Skippable {
		return true, w.skip(int64(h.HeaderSize) + int64(h.SkippableSize))
	}
	if err := w.skip(int64(h.HeaderSize)); err != nil {
		return false, err
	}
	for last := false; !last; *end = w.pos {
		if last, err = w.block(); err != nil {
			return false, err
		}
	}
	if h.HasCheckSum {
		err = w.skip(4)
		*end = w.pos
	}
	return false, err
}

// block scans a block. Its header is three bytes, little-endian: one bit that
// is set in the last block, two bits of type, and the size.
func (w *frameScanner) block() (last bool, err error) {
	b, err := w.r.Peek(3)
	if len(b) == 0 && err == io.EOF {
		return false, errIncomplete
	}
	if len(b) < 3 {
		return false, io.ErrUnexpectedEOF
	}
	head := uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16
	size := int64(head >> 3)
	switch head >> 1 & 3 {
	case 1: // RLE: one byte, repeated
		size = 1
	case 3:
		return false, zstd.ErrReservedBlockType
	}
	return head&1 != 0, w.skip(3 + size)
}

func (w *frameScanner) skip(n int64) error {
	for n > 0 {
		done, err := w.r.Discard(int(min(n, 1<<30)))
		w.pos += int64(done)
		n -= int64(done)
		if err == io.EOF {
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lineReader reads the lines of frames.
type lineReader struct {
	file io.ReaderAt
	zip  *zstd.Decoder
	r    *bufio.Reader
	line []byte
}

func newLineReader(file io.ReaderAt) (*lineReader, error) {
	zip, err := zstd.NewReader(nil,
		zstd.WithDecoderConcurrency(1), // with more, lines before the damage could be lost
		zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(maxWindow),
		zstd.WithDecoderMaxMemory(1<<40), // of a whole frame, which is never in memory
	)
	if err != nil {
		return nil, err
	}
	return &lineReader{file: file, zip: zip, r: bufio.NewReaderSize(nil, 64<<10)}, nil
}

// begin moves to the start of a frame.
func (l *lineReader) begin(f frame) error {
	err := l.zip.Reset(io.NewSectionReader(l.file, f.start, f.end-f.start))
	l.r.Reset(l.zip)
	return err
}

// next returns the next line, which is valid until the next call. The error
// is io.EOF after the last line, and errTruncated if the last one has no
// newline.
func (l *lineReader) next() ([]byte, error) {
	l.line = l.line[:0]
	for {
		part, err := l.r.ReadSlice('\n')
		if err == nil && len(l.line) == 0 {
			return part, nil
		}
		if len(l.line)+len(part) > maxLine {
			return nil, errLineLength
		}
		l.line = append(l.line, part...)
		switch {
		case err == nil:
			return l.line, nil
		case errors.Is(err, bufio.ErrBufferFull):
		case (err == io.EOF || err == io.ErrUnexpectedEOF) && len(l.line) > 0:
			return nil, errTruncated
		default:
			return nil, err
		}
	}
}

func (l *lineReader) close() { l.zip.Close() }

// isZstd reports whether begin is the start of a zstd frame.
func isZstd(begin []byte) bool {
	return bytes.HasPrefix(begin, []byte{0x28, 0xb5, 0x2f, 0xfd})
}
