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

// Player is a source that replays a recording. Read and Drain are for one
// goroutine at a time; the controls may be called from any goroutine at any
// time and do not block.
type Player struct {
	index          *index
	clock          clock
	sourceName     string
	damageWarnings []sockets.Warning // warning about the file, added to each snapshot

	mu        sync.Mutex // held while the file is read
	file      io.Closer
	cursor    cursor
	seenJumps int // value of clock.jumps at the last read
}

// Open opens a recording, "-" for one on standard input. If the file is
// truncated or damaged at its end, it opens the readable part;
// [Player.Damage] and a warning in every snapshot describe what is missing.
// It waits for the writer of a pipe until the context ends; the waiting
// goroutine then remains until the pipe is opened at its other end or closed.
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

// openWithin is open with a context. Opening or reading a pipe can block
// forever and cannot be canceled.
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
				_ = p.Close() // the caller has returned
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
			err = wrapped.Err // the caller adds the path
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

// openPiped opens a recording that can be read only once.
func openPiped(r io.Reader) (*Player, error) {
	var all pieces
	if err := all.fill(r, maxPiped); err != nil {
		return nil, err
	}
	return newPlayer(&all, all.size, io.NopCloser(nil))
}

// newPlayer opens a recording of size bytes.
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

// Read implements [sockets.Source]. It does not wait: it returns the newest
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

// playPosition returns the position of the replay, and starts it.
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

// Step is the result of [Player.Next]: a snapshot, and the notifications
// received between it and the one before. After the last snapshot there can
// be a step with notifications only, and before any snapshot if they are very
// many.
type Step struct {
	Snapshot      *sockets.Snapshot
	Notifications []sockets.DestroyNotification
	Dropped       int // further notifications that were lost
}

// Next returns one snapshot after the other without waiting for its time; the
// error is io.EOF after the last. It is an alternative to Read.
func (p *Player) Next() (Step, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var m Step
	if c := &p.cursor; c.position+1 < len(p.index.entries) {
		to := c.position + 1
		few := func() bool { return len(c.notifications) <= maxPending-maxNotifications }
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

// Notifications returns the source of the recorded notifications, up to the
// position of the replay. Closing it does nothing.
func (p *Player) Notifications() NotificationSource { return playerNotifications{p} }

type playerNotifications struct{ *Player }

// Ready implements [NotificationSource]. It never fires: notifications are
// drained at each read.
func (playerNotifications) Ready() <-chan struct{} { return nil }

// Drain implements [NotificationSource].
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

// Close implements [NotificationSource].
func (playerNotifications) Close() error { return nil }

// Close implements [sockets.Source].
func (p *Player) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cursor.lines.close()
	return p.file.Close()
}
