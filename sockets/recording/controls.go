package recording

import "time"

// Position is where a player is.
type Position struct {
	Time     time.Time // the time of day in the recording
	Snapshot time.Time // when the snapshot of this moment was taken
	Index    int       // of that snapshot, from 0
	Total    int       // snapshots
	Begin    time.Time // when the first snapshot was taken
	End      time.Time // when the last one was
	Speed    float64
	Paused   bool
	AtEnd    bool
	// Jumps grows with every move that is no play: what was learned from the
	// snapshots before, such as what is new, does not hold any more.
	Jumps int
}

// Position tells where the player is, and so what the next Read gives.
func (p *Player) Position() Position {
	c := &p.clock
	c.mu.Lock()
	defer c.mu.Unlock()
	at := c.at()
	marks := p.index.entries
	i := p.index.find(at)
	taken := fromNano(marks[i].time)
	return Position{
		Time: taken.Add(at - marks[i].playAt), Snapshot: taken,
		Index: i, Total: len(marks),
		Begin: fromNano(marks[0].time), End: fromNano(marks[len(marks)-1].time),
		Speed: c.speed, Paused: c.paused, AtEnd: at == c.end, Jumps: c.jumps,
	}
}

// Pause stops the play, or lets it go on.
func (p *Player) Pause(paused bool) {
	c := &p.clock
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rebase(c.at())
	c.paused = paused
}

// Step pauses and moves by n snapshots, back if n is negative.
func (p *Player) Step(n int) {
	c := &p.clock
	c.mu.Lock()
	defer c.mu.Unlock()
	last := len(p.index.entries) - 1
	i := p.index.find(c.at())
	to := i + min(max(n, -i), last-i)
	c.rebase(p.index.entries[to].playAt)
	c.paused = true
	if to < i {
		c.jumps++
	}
}

// Speed sets how many times faster than it was recorded it plays, between
// [MinSpeed] and [MaxSpeed].
func (p *Player) Speed(times float64) {
	c := &p.clock
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rebase(c.at())
	c.speed = clampSpeed(times)
}

// Seek goes to a time of day; to the beginning or the end if it is before or
// after all snapshots.
func (p *Player) Seek(t time.Time) { p.jump(p.index.seek(t)) }

// SeekFraction goes to a part of the whole, 0 the beginning and 1 the end.
func (p *Player) SeekFraction(part float64) {
	part = min(max(part, 0), 1)
	if part != part {
		part = 0
	}
	p.jump(time.Duration(part * float64(p.index.duration())))
}

func (p *Player) jump(to time.Duration) {
	c := &p.clock
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rebase(to)
	c.jumps++
}

// Damage says what is missing at the end of the file, empty if nothing is.
func (p *Player) Damage() string { return p.index.damageText() }

// Redacted tells whether command lines, users and folders were left out.
func (p *Player) Redacted() bool { return p.index.header.Redacted }

// System is the operating system that was recorded, as in runtime.GOOS.
func (p *Player) System() string { return p.index.header.OS }
