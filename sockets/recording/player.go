package recording

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"lotop/sockets"
)

// Player is a source that plays a recording. Read and Drain are for one
// goroutine at a time; the controls may be called from any, at any time, and
// take no time themselves.
type Player struct {
	index          *index
	clock          clock
	sourceName     string
	damageWarnings []sockets.Warning // what each snapshot has to say about the file

	mu        sync.Mutex // held while the file is read
	file      io.Closer
	cursor    cursor
	seenJumps int // the jumps of the clock that were followed
}

// Open opens a recording, "-" for one on standard input. Of one that was cut
// off or damaged at its end, it opens what could be read; [Player.Damage] and a
// warning in every snapshot say so. A pipe that nobody writes to is waited for,
// until the context ends; what waits then stays behind until the pipe is opened
// at its other end or closed.
func Open(ctx context.Context, path string) (*Player, error) {
	p, err := openWithin(ctx, path)
	if err != nil {
		name := path
		if path == "-" {
			name = "standard input"
		}
		return nil, fmt.Errorf("replay %s: %w", name, err)
	}
	return p, nil
}

// openWithin is open that heeds a context. To open a pipe, or to read from it, can
// take for ever and cannot be called off.
func openWithin(ctx context.Context, path string) (*Player, error) {
	type opened struct {
		player *Player
		err    error
	}
	done := make(chan opened)
	go func() {
		p, err := open(path)
		select {
		case done <- opened{p, err}:
		case <-ctx.Done():
			if err == nil {
				_ = p.Close() // nobody wants it any more
			}
		}
	}()
	select {
	case o := <-done:
		return o.player, o.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func open(path string) (*Player, error) {
	if path == "-" {
		return openPiped(os.Stdin)
	}
	f, err := os.Open(path)
	if err != nil {
		var wrapped *os.PathError
		if errors.As(err, &wrapped) {
			err = wrapped.Err // the path is named already
		}
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = errors.New("is a directory")
	}
	if err != nil {
		_ = f.Close() // nothing was written
		return nil, err
	}
	if !info.Mode().IsRegular() {
		defer f.Close()
		return openPiped(f)
	}
	p, err := newPlayer(f, info.Size(), f)
	if err != nil {
		_ = f.Close()
	}
	return p, err
}

// openPiped opens what can be read only once.
func openPiped(r io.Reader) (*Player, error) {
	var all pieces
	if err := all.fill(r, maxPiped); err != nil {
		return nil, err
	}
	return newPlayer(&all, all.size, io.NopCloser(nil))
}

// newPlayer opens a recording of which so many bytes are there.
func newPlayer(file io.ReaderAt, size int64, closer io.Closer) (*Player, error) {
	x, err := buildIndex(file, size)
	if err != nil {
		return nil, err
	}
	l, err := newLineReader(file)
	if err != nil {
		return nil, err
	}
	p := &Player{
		index: x, file: closer, cursor: newCursor(l, x),
		clock:      clock{now: time.Now, speed: 1, end: x.duration()},
		sourceName: "recording of " + x.header.Started.Local().Format(time.DateTime),
	}
	if text := x.damageText(); text != "" {
		p.damageWarnings = []sockets.Warning{{Kind: sockets.RecordingFailed, Text: text}}
	}
	return p, nil
}

// Read implements [sockets.Source]. It does not wait: it gives the newest
// snapshot whose time has come, the same one again if there is no newer.
func (p *Player) Read(ctx context.Context, into *sockets.Snapshot) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	at, jumps := p.playPosition()
	to := p.index.find(at)
	var err error
	if jumps != p.seenJumps || to < p.cursor.position {
		p.seenJumps = jumps
		err = p.cursor.seek(to)
	} else {
		err = p.cursor.advance(to)
	}
	if err != nil {
		return err
	}
	p.fill(into)
	return nil
}

// playPosition tells how far the play is, and starts it.
func (p *Player) playPosition() (at time.Duration, jumps int) {
	p.clock.mu.Lock()
	defer p.clock.mu.Unlock()
	p.clock.start()
	return p.clock.at(), p.clock.jumps
}

func (p *Player) fill(into *sockets.Snapshot) {
	p.cursor.table.fill(into)
	into.Source = p.sourceName
	into.Warnings = append(into.Warnings, p.damageWarnings...)
}

// Step is what [Player.Next] gives: a snapshot, and the notices that were
// heard between it and the one before. Behind the last snapshot there can be
// notices without one, and before any if they are very many.
type Step struct {
	Snapshot      *sockets.Snapshot
	Notifications []sockets.DestroyNotification
	Dropped       int // so many more notices were lost
}

// Next gives one snapshot after the other, without waiting for its time; the
// error is io.EOF behind the last. It is for those who do not Read.
func (p *Player) Next() (Step, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var m Step
	if c := &p.cursor; c.position+1 < len(p.index.entries) {
		to := c.position + 1
		few := func() bool { return len(c.notifications) <= maxHeard-maxNotifications }
		if err := c.walkWhile(to, few); err != nil {
			return Step{}, err
		}
		if c.position == to {
			m.Snapshot = &sockets.Snapshot{}
			p.fill(m.Snapshot)
		}
	} else {
		c.readRest()
	}
	m.Notifications, m.Dropped = p.cursor.drain(nil)
	if m.Snapshot == nil && len(m.Notifications) == 0 && m.Dropped == 0 {
		return Step{}, io.EOF
	}
	return m, nil
}

// Notifications returns what was heard of closed sockets, as far as the play is.
// Closing it does nothing.
func (p *Player) Notifications() NotificationSource { return playerNotifications{p} }

type playerNotifications struct{ *Player }

// Ready implements [Listener]. Nothing wakes: notices are drained at each read.
func (playerNotifications) Ready() <-chan struct{} { return nil }

// Drain implements [Listener].
func (l playerNotifications) Drain(dst []sockets.DestroyNotification) ([]sockets.DestroyNotification, int) {
	p := l.Player
	p.mu.Lock()
	defer p.mu.Unlock()
	at, jumps := p.playPosition()
	c := &p.cursor
	if c.position >= 0 && jumps == p.seenJumps && p.index.find(at) == c.position {
		c.readNotifications(at - p.index.entries[c.position].playAt)
	}
	return c.drain(dst)
}

// Close implements [Listener].
func (playerNotifications) Close() error { return nil }

// Close implements [sockets.Source].
func (p *Player) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cursor.lines.close()
	return p.file.Close()
}
