package recording

import (
	"fmt"
	"io"
	"math"
	"time"

	"lotop/sockets"
)

// cursor is a read position in a recording, with the table at that position.
type cursor struct {
	lines     *lineReader
	index     *index
	table     table
	position  int    // index of the snapshot in table, -1 before the first
	frame     int    // current frame, -1 before the first
	lookahead *delta // parsed and not yet applied
	err       error  // why the cursor cannot advance; a seek can clear it

	// notifications are those of the lines read and not drained yet.
	notifications []sockets.DestroyNotification
	dropped       int
}

// maxPending is how many notifications can be pending between two snapshots;
// further ones are dropped.
const maxPending = 1 << 17

func newCursor(l *lineReader, x *index) cursor {
	return cursor{lines: l, index: x, table: table{limit: maxMemory}, position: -1, frame: -1, err: io.EOF}
}

// seek moves to a snapshot by the shortest path and discards the
// notifications in between.
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
		c.err = io.ErrUnexpectedEOF // the index lists further snapshots
		return
	}
	if c.err = c.lines.begin(c.index.frames[number]); c.err == nil && number == 0 {
		_, c.err = c.lines.next() // the header
	}
}

// advance reads line by line up to a snapshot and collects notifications.
func (c *cursor) advance(to int) error {
	return c.walkWhile(to, func() bool { return true })
}

// walkWhile is advance that calls wanted before each line and stops when it
// returns false.
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

// peek returns the next line of the frame without applying it. It returns nil
// if there is none, and then err is set.
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

// apply applies the line that peek returned.
func (c *cursor) apply(p *delta) {
	c.lookahead = nil
	if c.err = c.table.apply(p); c.err != nil {
		return
	}
	if len(c.notifications)+len(p.notifications) > maxPending {
		c.dropped += len(p.notifications)
	} else {
		c.notifications = append(c.notifications, p.notifications...)
	}
	c.dropped += max(0, p.dropped)
	if p.snapshot {
		c.position++
	}
}

// readNotifications reads the notifications after the current snapshot that
// were received within that time of it. An error stays in err, for the call
// that needs the lines after it.
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

// readRest reads the notifications after the last snapshot.
func (c *cursor) readRest() { c.readNotifications(math.MaxInt64) }

// drain appends the pending notifications to dst and removes them.
func (c *cursor) drain(dst []sockets.DestroyNotification) (_ []sockets.DestroyNotification, lost int) {
	dst = append(dst, c.notifications...)
	lost = c.dropped
	c.notifications, c.dropped = c.notifications[:0], 0
	return dst, lost
}
