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

	"lotop/sockets"
)

// index lists the position of each snapshot in a file. It is immutable once
// built.
type index struct {
	header  header
	frames  []frame
	entries []indexEntry
	damage  error // why the recording stops here, nil if it is complete
}

// indexEntry is the position of a snapshot.
type indexEntry struct {
	time    int64         // when it was taken, ns since 1970
	playAt  time.Duration // replay time, from the beginning; strictly increasing
	frame   int32
	ordinal int32 // index among the snapshots of the frame
}

// invalidTime is the number of the line of a recording whose time is invalid.
type invalidTime int

func (n invalidTime) Error() string { return fmt.Sprintf("invalid time in line %d", int(n)) }

// maxDuration is the maximum duration of a replay with the recorded gaps.
const maxDuration = 100_000 * time.Hour

// buildIndex reads the whole file once.
func buildIndex(file io.ReaderAt, size int64) (*index, error) {
	begin := make([]byte, 4)
	switch n, err := file.ReadAt(begin, 0); {
	case size == 0:
		return nil, errors.New("empty file, not a lotop recording")
	case err != nil && err != io.EOF:
		return nil, err
	case !isZstd(begin[:n]):
		return nil, errNotRecording
	}
	l, err := newLineReader(file)
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
			x.verifyFrame(l, i)
			break
		}
		if f.err != nil {
			x.damage = f.err
			break
		}
	}
	if len(x.entries) == 0 {
		if x.damage != nil {
			return nil, fmt.Errorf("no readable snapshot: %w", x.damage)
		}
		return nil, errors.New("no snapshot")
	}
	return x, nil
}

// readHeader reads the first line of the first frame.
func (x *index) readHeader(l *lineReader) error {
	if len(x.frames) == 0 {
		return errNotRecording
	}
	if err := l.begin(x.frames[0]); err != nil {
		return errNotRecording
	}
	line, err := l.next()
	if err != nil && (errors.Is(err, errTruncated) || x.frames[0].err != nil) {
		return errors.New("no readable snapshot: the file ends before the first")
	}
	if err == io.EOF {
		return errNotRecording
	}
	if err != nil {
		return fmt.Errorf("damaged, or %w: %w", errNotRecording, err)
	}
	// Check the version first: a newer one may have changed everything else.
	var h struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	if json.Unmarshal(line, &h) != nil || h.Format != formatName || h.Version < 1 {
		return errNotRecording
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
			return invalidTime(1) // no other field can be invalid
		}
		return errNotRecording
	}
	return nil
}

// scan adds the snapshots of a frame to the index.
func (x *index) scan(l *lineReader, number int, seen *int) error {
	if err := l.begin(x.frames[number]); err != nil {
		return err
	}
	ordinal := int32(0)
	for first := true; ; first = false {
		line, err := l.next()
		if broken := x.frames[number].err; errors.Is(err, io.ErrUnexpectedEOF) && broken != nil {
			if !errors.Is(broken, errIncomplete) {
				err = errTruncated
			} else {
				return errIncomplete
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if *seen++; *seen > 16*maxSnapshots {
			return errLimit
		}
		if first && number == 0 {
			continue // the header
		}
		if !bytes.HasPrefix(line, []byte(`{"`)) {
			return errLine
		}
		if ns, rest, ok := snapshotTime(line); ok {
			if key := bytes.HasPrefix(rest, []byte(`,"key":true`)); ordinal == 0 && !key {
				return errDelta
			}
			if len(x.entries) == maxSnapshots {
				return errLimit
			}
			x.addEntry(ns, int32(number), ordinal)
			ordinal++
		} else if !hasTime(line) {
			return invalidTime(*seen)
		}
	}
}

// hasTime reports whether a line that requires a time has one.
func hasTime(line []byte) bool {
	for _, kind := range []string{`{"snapshot":`, `{"notices":`} {
		if bytes.HasPrefix(line, []byte(kind)) {
			_, _, ok := lineTime(line, kind)
			return ok
		}
	}
	return true
}

// snapshotKey reports whether a line is a keyframe.
func snapshotKey(line []byte) bool {
	_, rest, ok := snapshotTime(line)
	return ok && bytes.HasPrefix(rest, []byte(`,"key":true`))
}

// snapshotTime parses the start of a line, if it is a snapshot.
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

func (x *index) addEntry(ns int64, frame, ordinal int32) {
	m := indexEntry{time: ns, frame: frame, ordinal: ordinal}
	if n := len(x.entries); n > 0 {
		last := x.entries[n-1]
		// A clock that was set back must not stop the replay.
		m.playAt = last.playAt + min(max(1, gap(last.time, ns)), max(1, maxDuration-last.playAt))
	}
	x.entries = append(x.entries, m)
}

// gap returns the time between two times, without overflow.
func gap(from, to int64) time.Duration {
	if to < from {
		return 0
	}
	if d := to - from; d >= 0 {
		return time.Duration(d)
	}
	return math.MaxInt64
}

// verifyFrame parses every line of a broken frame, and removes the index
// entries from the first invalid line on: no checksum covers them.
func (x *index) verifyFrame(l *lineReader, number int) {
	first := sort.Search(len(x.entries), func(i int) bool { return int(x.entries[i].frame) >= number })
	c := newCursor(l, x)
	for i := first; i < len(x.entries); i++ {
		if err := c.seek(i); err != nil {
			x.entries = x.entries[:i]
			return
		}
	}
}

// find returns the newest snapshot to show at that replay time.
func (x *index) find(at time.Duration) int {
	return max(0, sort.Search(len(x.entries), func(i int) bool { return x.entries[i].playAt > at })-1)
}

// duration returns the replay time of the last snapshot.
func (x *index) duration() time.Duration { return x.entries[len(x.entries)-1].playAt }

// seek returns the replay time of a time of day.
func (x *index) seek(t time.Time) time.Duration {
	ns := t.UnixNano()
	i := sort.Search(len(x.entries), func(i int) bool { return x.entries[i].time > ns }) - 1
	if i < 0 {
		return 0
	}
	m := x.entries[i]
	return m.playAt + min(gap(m.time, ns), x.duration()-m.playAt)
}

// damageText describes what is missing at the end; it is empty if nothing is.
func (x *index) damageText() string {
	if x.damage == nil {
		return ""
	}
	cause := "the recording is damaged"
	switch {
	case errors.Is(x.damage, errIncomplete):
		cause = "the recording is incomplete: lotop was killed or is still writing it"
	case errors.Is(x.damage, errTruncated), errors.Is(x.damage, io.ErrUnexpectedEOF):
		cause = "the recording is truncated in the middle of a line"
	case errors.Is(x.damage, errLimit):
		cause = "the recording is larger than lotop can replay"
	}
	var wrong invalidTime
	if errors.As(x.damage, &wrong) {
		cause = "the recording is damaged, " + wrong.Error()
	}
	last := fromNano(x.entries[len(x.entries)-1].time)
	return fmt.Sprintf("%s; read %s up to %s", cause, sockets.Count(len(x.entries), "snapshot"), last.Format(time.TimeOnly))
}
