package recording

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"sort"
	"strconv"
	"time"
)

// index says where in a file each snapshot is. It does not change once it was
// made.
type index struct {
	header header
	frames []frame
	marks  []mark
	damage error // why there is no more, nil if the end is the end
}

// mark is where a snapshot is.
type mark struct {
	time    int64         // when it was taken, ns since 1970
	at      time.Duration // when it is to be played, from the beginning; always growing
	frame   int32
	ordinal int32 // among the snapshots of the frame
}

// invalidTime is the line of a recording in which a time is none.
type invalidTime int

func (n invalidTime) Error() string { return fmt.Sprintf("invalid time in line %d", int(n)) }

// maxPlay is how long a recording may play with its gaps as they were.
const maxPlay = 100_000 * time.Hour

// makeIndex reads the whole file once.
func makeIndex(file io.ReaderAt, size int64) (*index, error) {
	begin := make([]byte, 4)
	switch n, err := file.ReadAt(begin, 0); {
	case size == 0:
		return nil, errors.New("empty file, not a lotop recording")
	case err != nil && err != io.EOF:
		return nil, err
	case !isZstd(begin[:n]):
		return nil, errNoRecording
	}
	l, err := newLines(file)
	if err != nil {
		return nil, err
	}
	defer l.close()
	x := &index{frames: findFrames(file, size)}
	if err := x.readHeader(l); err != nil {
		return nil, err
	}
	seen := 0
	for i, f := range x.frames {
		if x.damage = x.scan(l, i, &seen); x.damage != nil {
			x.check(l, i)
			break
		}
		if f.err != nil {
			x.damage = f.err
			break
		}
	}
	if len(x.marks) == 0 {
		if x.damage != nil {
			return nil, fmt.Errorf("no readable snapshot: %w", x.damage)
		}
		return nil, errors.New("no snapshot")
	}
	return x, nil
}

// readHeader reads the first line of the first frame.
func (x *index) readHeader(l *lines) error {
	if len(x.frames) == 0 {
		return errNoRecording
	}
	if err := l.begin(x.frames[0]); err != nil {
		return errNoRecording
	}
	line, err := l.next()
	if err != nil && (errors.Is(err, errCut) || x.frames[0].err != nil) {
		return errors.New("no readable snapshot: the file ends before the first")
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errNoRecording, err)
	}
	// The version comes first: a newer one may have changed all the rest.
	var h struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	if json.Unmarshal(line, &h) != nil || h.Format != formatName || h.Version < 1 {
		return errNoRecording
	}
	if h.Version > formatVersion {
		return fmt.Errorf("made by a newer lotop: its format is version %d, this lotop reads version %d", h.Version, formatVersion)
	}
	if err := json.Unmarshal(line, &x.header); err != nil {
		var rest struct {
			OS       string `json:"os"`
			Redacted bool   `json:"redacted"`
		}
		if json.Unmarshal(line, &rest) == nil {
			return invalidTime(1) // there is nothing else
		}
		return errNoRecording
	}
	return nil
}

// scan marks the snapshots of a frame.
func (x *index) scan(l *lines, number int, seen *int) error {
	if err := l.begin(x.frames[number]); err != nil {
		return err
	}
	ordinal := int32(0)
	for first := true; ; first = false {
		line, err := l.next()
		if broken := x.frames[number].err; errors.Is(err, io.ErrUnexpectedEOF) && broken != nil {
			if !errors.Is(broken, errNoEnd) {
				err = errCut
			} else {
				return errNoEnd
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if *seen++; *seen > 16*maxSnapshots {
			return errTooMuch
		}
		if first && number == 0 {
			continue // the header
		}
		if !bytes.HasPrefix(line, []byte(`{"`)) {
			return errLine
		}
		if ns, rest, ok := snapshotTime(line); ok {
			if key := bytes.HasPrefix(rest, []byte(`,"key":true`)); ordinal == 0 && !key {
				return errTable
			}
			if len(x.marks) == maxSnapshots {
				return errTooMuch
			}
			x.mark(ns, int32(number), ordinal)
			ordinal++
		} else if !hasTime(line) {
			return invalidTime(*seen)
		}
	}
}

// hasTime reports whether there is a time in each line that needs one.
func hasTime(line []byte) bool {
	for _, kind := range []string{`{"snapshot":`, `{"notices":`} {
		if bytes.HasPrefix(line, []byte(kind)) {
			_, _, ok := lineTime(line, kind)
			return ok
		}
	}
	return true
}

// snapshotKey reports whether a line is a snapshot in full.
func snapshotKey(line []byte) bool {
	_, rest, ok := snapshotTime(line)
	return ok && bytes.HasPrefix(rest, []byte(`,"key":true`))
}

// snapshotTime reads the beginning of a line, if it is a snapshot.
func snapshotTime(line []byte) (ns int64, rest []byte, ok bool) {
	return lineTime(line, `{"snapshot":`)
}

func lineTime(line []byte, kind string) (ns int64, rest []byte, ok bool) {
	rest, ok = bytes.CutPrefix(line, []byte(kind))
	if !ok {
		return 0, nil, false
	}
	end := bytes.IndexAny(rest[:min(len(rest), 24)], ",}")
	if end < 0 {
		return 0, nil, false
	}
	ns, err := strconv.ParseInt(string(rest[:end]), 10, 64)
	return ns, rest[end:], err == nil
}

func (x *index) mark(ns int64, frame, ordinal int32) {
	m := mark{time: ns, frame: frame, ordinal: ordinal}
	if n := len(x.marks); n > 0 {
		last := x.marks[n-1]
		// A clock that was set back does not stop the play.
		m.at = last.at + min(max(1, gap(last.time, ns)), max(1, maxPlay-last.at))
	}
	x.marks = append(x.marks, m)
}

// gap is the time between two times, without overflow.
func gap(from, to int64) time.Duration {
	if to < from {
		return 0
	}
	if d := to - from; d >= 0 {
		return time.Duration(d)
	}
	return math.MaxInt64
}

// check takes every line of a broken frame apart, and keeps the marks of those
// before the first that makes no sense: no checksum vouches for them.
func (x *index) check(l *lines, number int) {
	first := sort.Search(len(x.marks), func(i int) bool { return int(x.marks[i].frame) >= number })
	c := newCursor(l, x)
	for i := first; i < len(x.marks); i++ {
		if err := c.jump(i); err != nil {
			x.marks = x.marks[:i]
			return
		}
	}
}

// find returns the newest snapshot to be played at that time from the beginning.
func (x *index) find(at time.Duration) int {
	return max(0, sort.Search(len(x.marks), func(i int) bool { return x.marks[i].at > at })-1)
}

// end is when the last snapshot is to be played.
func (x *index) end() time.Duration { return x.marks[len(x.marks)-1].at }

// seek returns when to play what was at that time of day.
func (x *index) seek(t time.Time) time.Duration {
	ns := t.UnixNano()
	i := sort.Search(len(x.marks), func(i int) bool { return x.marks[i].time > ns }) - 1
	if i < 0 {
		return 0
	}
	m := x.marks[i]
	return m.at + min(gap(m.time, ns), x.end()-m.at)
}

// describeDamage says what is missing at the end, empty if nothing is.
func (x *index) describeDamage() string {
	if x.damage == nil {
		return ""
	}
	cause := "the recording is damaged"
	switch {
	case errors.Is(x.damage, errNoEnd):
		cause = "the recording is incomplete: lotop was killed or is still writing it"
	case errors.Is(x.damage, errCut), errors.Is(x.damage, io.ErrUnexpectedEOF):
		cause = "the recording is truncated in the middle of a line"
	case errors.Is(x.damage, errTooMuch):
		cause = "the recording is larger than lotop can replay"
	}
	var wrong invalidTime
	if errors.As(x.damage, &wrong) {
		cause = "the recording is damaged, " + wrong.Error()
	}
	last := fromNano(x.marks[len(x.marks)-1].time)
	return fmt.Sprintf("%s; read %s up to %s", cause, count(len(x.marks), "snapshot"), last.Format(time.TimeOnly))
}
