package recording

import "time"

// Position is the position of a player.
type Position struct {
	Time     time.Time // time of day in the recording
	Snapshot time.Time // when the snapshot shown at that time was taken
	Index    int       // of that snapshot, from 0
	Total    int       // number of snapshots
	Begin    time.Time // when the first snapshot was taken
	End      time.Time // when the last one was
	Speed    float64
	Paused   bool
	AtEnd    bool
	// Jumps counts the moves other than playing forward. After one, state
	// derived from earlier snapshots, such as which rows are new, is invalid.
	Jumps int
}

// Position returns the current position, which is also what the next Read
// returns.
func (p *Player) Position() Position {
	c := &p.clock
	c.mu.Lock()
	defer c.mu.Unlock()
	at := c.at()
	entries := p.index.entries
	i := p.index.find(at)
	taken := fromNano(entries[i].time)
	return Position{
		Time: taken.Add(at - entries[i].playAt), Snapshot: taken,
		Index: i, Total: len(entries),
		Begin: fromNano(entries[0].time), End: fromNano(entries[len(entries)-1].time),
		Speed: c.speed, Paused: c.paused, AtEnd: at == c.end, Jumps: c.jumps,
	}
}

// Pause pauses the replay, or resumes it.
func (p *Player) Pause(paused bool) {
	c := &p.clock
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rebase(c.at())
	c.paused = paused
}

// Step pauses and moves by n snapshots, backward if n is negative.
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

// Speed sets the replay speed as a multiple of the recorded one, between
// [MinSpeed] and [MaxSpeed].
func (p *Player) Speed(times float64) {
	c := &p.clock
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rebase(c.at())
	c.speed = clampSpeed(times)
}

// Seek moves to a time of day, or to the beginning or the end if it is before
// or after all snapshots.
func (p *Player) Seek(t time.Time) { p.jump(p.index.seek(t)) }

// SeekFraction moves to a fraction of the whole recording: 0 is the
// beginning, 1 the end.
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

// Damage describes what is missing at the end of the file; it is empty if
// nothing is.
func (p *Player) Damage() string { return p.index.damageText() }
