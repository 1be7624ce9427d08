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
	lines     *lineReader
	index     *index
	table     table
	position  int    // of the snapshot in table, -1 before the first
	frame     int    // under way, -1 before the first
	lookahead *delta // parsed and not yet applied
	err       error  // why it cannot go on from here; a jump can help

	// notifications of the lines passed, which nobody has taken yet.
	notifications []sockets.DestroyNotification
	dropped       int
}

// maxHeard is how many notices wait to be taken; more are lost. They come between
// two snapshots.
const maxHeard = 1 << 17

func newCursor(l *lineReader, x *index) cursor {
	return cursor{lines: l, index: x, position: -1, frame: -1, err: io.EOF}
}

// seek goes to a snapshot by the shortest way. Notices on the way are left out.
func (c *cursor) seek(to int) error {
	m := c.index.entries[to]
	near := c.position >= 0 && c.position <= to && c.frame == int(m.frame) && (c.err == nil || c.err == io.EOF)
	if !near {
		c.position = to - int(m.ordinal) - 1
		c.openFrame(int(m.frame))
	}
	err := c.advance(to)
	c.notifications, c.dropped = c.notifications[:0], 0
	return err
}

// openFrame opens a frame.
func (c *cursor) openFrame(number int) {
	c.frame, c.lookahead, c.err = number, nil, nil
	if number == len(c.index.frames) {
		c.err = io.ErrUnexpectedEOF // the marks said that there is more
		return
	}
	if c.err = c.lines.begin(c.index.frames[number]); c.err == nil && number == 0 {
		_, c.err = c.lines.next() // the header
	}
}

// advance goes on to a snapshot line by line, and collects notices.
func (c *cursor) advance(to int) error {
	return c.walkWhile(to, func() bool { return true })
}

// walkWhile is walk for as long as it is wanted, asked line by line.
func (c *cursor) walkWhile(to int, wanted func() bool) error {
	for c.position < to && wanted() {
		p := c.peek()
		if c.err == io.EOF {
			c.openFrame(c.frame + 1)
			continue
		}
		if c.err == nil {
			c.apply(p)
		}
		if c.err != nil {
			at := fromNano(c.index.entries[c.position+1].time).Format(time.TimeOnly)
			return fmt.Errorf("the recording is damaged at snapshot %d of %d (%s): %w", c.position+2, len(c.index.entries), at, c.err)
		}
	}
	return nil
}

// peek returns the next line of the frame, without going there. It is nil if
// there is none, and then err is set.
func (c *cursor) peek() *delta {
	if c.lookahead != nil || c.err != nil {
		return c.lookahead
	}
	var line []byte
	if line, c.err = c.lines.next(); c.err == nil {
		c.lookahead, c.err = parseLine(line, c.table.cgroups, c.table.room(snapshotKey(line)))
	}
	return c.lookahead
}

// apply goes over the line that peek has returned.
func (c *cursor) apply(p *delta) {
	c.lookahead = nil
	if c.err = c.table.apply(p); c.err != nil {
		return
	}
	if len(c.notifications)+len(p.notifications) > maxHeard {
		c.dropped += len(p.notifications)
	} else {
		c.notifications = append(c.notifications, p.notifications...)
	}
	c.dropped += max(0, p.dropped)
	if p.snapshot {
		c.position++
	}
}

// readNotifications goes over the notices that stand behind the snapshot, as far as they
// were heard within that time after it. An error is told by whoever needs what
// comes then.
func (c *cursor) readNotifications(within time.Duration) {
	for c.position >= 0 {
		p := c.peek()
		if p == nil || p.snapshot || gap(c.index.entries[c.position].time, p.time) > within {
			return
		}
		if c.apply(p); c.err != nil {
			return
		}
	}
}

// readRest goes over the notices that stand behind the last snapshot.
func (c *cursor) readRest() { c.readNotifications(math.MaxInt64) }

// drain hands over the notices.
func (c *cursor) drain(dst []sockets.DestroyNotification) (_ []sockets.DestroyNotification, lost int) {
	dst = append(dst, c.notifications...)
	lost = c.dropped
	c.notifications, c.dropped = c.notifications[:0], 0
	return dst, lost
}
