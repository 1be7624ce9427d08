package recording

import (
	"fmt"
	"io"
	"math"
	"time"

	"lotop/sockets"
)

// cursor is a place in a recording, with the table as it is there.
type cursor struct {
	lines *lines
	index *index
	table table
	place int    // of the snapshot in table, -1 before the first
	frame int    // under way, -1 before the first
	ahead *patch // parsed and not yet applied
	err   error  // why it cannot go on from here; a jump can help

	// notices of the lines passed, which nobody has taken yet.
	notices []sockets.DestroyNotification
	lost    int
}

// maxHeard is how many notices wait to be taken; more are lost. They come between
// two snapshots.
const maxHeard = 1 << 17

func newCursor(l *lines, x *index) cursor {
	return cursor{lines: l, index: x, place: -1, frame: -1, err: io.EOF}
}

// jump goes to a snapshot by the shortest way. Notices on the way are left out.
func (c *cursor) jump(to int) error {
	m := c.index.marks[to]
	near := c.place >= 0 && c.place <= to && c.frame == int(m.frame) && (c.err == nil || c.err == io.EOF)
	if !near {
		c.place = to - int(m.ordinal) - 1
		c.enter(int(m.frame))
	}
	err := c.walk(to)
	c.notices, c.lost = c.notices[:0], 0
	return err
}

// enter opens a frame.
func (c *cursor) enter(number int) {
	c.frame, c.ahead, c.err = number, nil, nil
	if number == len(c.index.frames) {
		c.err = io.ErrUnexpectedEOF // the marks said that there is more
		return
	}
	if c.err = c.lines.begin(c.index.frames[number]); c.err == nil && number == 0 {
		_, c.err = c.lines.next() // the header
	}
}

// walk goes on to a snapshot line by line, and collects notices.
func (c *cursor) walk(to int) error {
	return c.walkWhile(to, func() bool { return true })
}

// walkWhile is walk for as long as it is wanted, asked line by line.
func (c *cursor) walkWhile(to int, wanted func() bool) error {
	for c.place < to && wanted() {
		p := c.peek()
		if c.err == io.EOF {
			c.enter(c.frame + 1)
			continue
		}
		if c.err == nil {
			c.take(p)
		}
		if c.err != nil {
			at := fromNano(c.index.marks[c.place+1].time).Format(time.TimeOnly)
			return fmt.Errorf("the recording is damaged at snapshot %d of %d (%s): %w", c.place+2, len(c.index.marks), at, c.err)
		}
	}
	return nil
}

// peek returns the next line of the frame, without going there. It is nil if
// there is none, and then err is set.
func (c *cursor) peek() *patch {
	if c.ahead != nil || c.err != nil {
		return c.ahead
	}
	var line []byte
	if line, c.err = c.lines.next(); c.err == nil {
		c.ahead, c.err = parseLine(line, c.table.cgroups, c.table.room(snapshotKey(line)))
	}
	return c.ahead
}

// take goes over the line that peek has returned.
func (c *cursor) take(p *patch) {
	c.ahead = nil
	if c.err = c.table.apply(p); c.err != nil {
		return
	}
	if len(c.notices)+len(p.closed) > maxHeard {
		c.lost += len(p.closed)
	} else {
		c.notices = append(c.notices, p.closed...)
	}
	c.lost += max(0, p.lost)
	if p.snapshot {
		c.place++
	}
}

// listen goes over the notices that stand behind the snapshot, as far as they
// were heard within that time after it. An error is told by whoever needs what
// comes then.
func (c *cursor) listen(within time.Duration) {
	for c.place >= 0 {
		p := c.peek()
		if p == nil || p.snapshot || gap(c.index.marks[c.place].time, p.time) > within {
			return
		}
		if c.take(p); c.err != nil {
			return
		}
	}
}

// rest goes over the notices that stand behind the last snapshot.
func (c *cursor) rest() { c.listen(math.MaxInt64) }

// drain hands over the notices.
func (c *cursor) drain(dst []sockets.DestroyNotification) (_ []sockets.DestroyNotification, lost int) {
	dst = append(dst, c.notices...)
	lost = c.lost
	c.notices, c.lost = c.notices[:0], 0
	return dst, lost
}
