package recording

import (
	"io"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lotop/sockets"
)

// onePerSecond returns snapshots one second apart, each with one socket whose
// ID is the number of the snapshot.
func onePerSecond(n int) []sockets.Snapshot {
	all := make([]sockets.Snapshot, n)
	for i := range all {
		all[i] = sockets.Snapshot{
			Time:    noon.Add(time.Duration(i) * time.Second),
			Sockets: []sockets.Socket{{ID: sockets.ID(i)}},
		}
	}
	return all
}

// playerTest is a player with a manual clock.
type playerTest struct {
	*testing.T
	*Player
	time time.Time
}

func newPlayerTest(t *testing.T, all []sockets.Snapshot, notices map[int][]sockets.DestroyNotification) *playerTest {
	s := &playerTest{T: t, time: noon, Player: mustOpen(t, record(t, Options{}, all, notices).Bytes())}
	s.clock.now = func() time.Time { return s.time }
	return s
}

// checkShown reads, and expects the snapshot with that number.
func (s *playerTest) checkShown(want int) {
	s.Helper()
	var snap sockets.Snapshot
	if p := s.Position(); p.Index != want {
		s.Errorf("the position is %d, want %d", p.Index, want)
	}
	if err := s.Read(s.Context(), &snap); err != nil {
		s.Fatal(err)
	}
	if len(snap.Sockets) != 1 || int(snap.Sockets[0].ID) != want || !snap.Time.Equal(noon.Add(time.Duration(want)*time.Second)) {
		s.Errorf("it shows %v of %v, want %d", snap.Sockets, snap.Time, want)
	}
}

func (s *playerTest) wait(d time.Duration) { s.time = s.time.Add(d) }

func TestPlay(t *testing.T) {
	s := newPlayerTest(t, onePerSecond(2000), nil)
	s.wait(time.Hour) // the replay starts at the first read
	s.checkShown(0)
	s.wait(999 * time.Millisecond)
	s.checkShown(0)
	s.wait(time.Millisecond)
	s.checkShown(1)
	s.checkShown(1)
	s.wait(50 * time.Second)
	s.checkShown(51)
	s.Speed(10)
	s.wait(100 * time.Millisecond)
	s.checkShown(52)
	s.wait(70 * time.Second)
	s.checkShown(752)
	s.Pause(true)
	s.wait(time.Hour)
	s.checkShown(752)
	s.Pause(false)
	s.Speed(0.5)
	s.wait(2 * time.Second)
	s.checkShown(753)
	if p := s.Position(); p.Jumps != 0 || p.Paused || p.Speed != 0.5 || p.AtEnd || p.Total != 2000 {
		t.Errorf("%+v", p)
	}
	s.wait(time.Hour)
	s.checkShown(1999)
	p := s.Position()
	if !p.AtEnd || !p.Time.Equal(p.End) || !p.End.Equal(noon.Add(1999*time.Second)) || !p.Begin.Equal(noon) {
		t.Errorf("%+v", p)
	}
	s.wait(-2 * time.Hour) // the clock of this machine may be set back, too
	s.checkShown(752)
}

func TestControls(t *testing.T) {
	s := newPlayerTest(t, onePerSecond(2000), nil)
	s.Step(3)
	s.checkShown(3)
	s.wait(time.Hour)
	s.checkShown(3) // a step pauses
	s.Step(1)
	s.checkShown(4)
	if p := s.Position(); !p.Paused || p.Jumps != 0 {
		t.Errorf("%+v", p)
	}
	s.Step(-1)
	s.checkShown(3)
	s.Step(-100)
	s.checkShown(0)
	s.Step(math.MinInt)
	s.checkShown(0)
	s.Step(math.MaxInt)
	s.checkShown(1999)
	if p := s.Position(); p.Jumps != 2 || !p.AtEnd {
		t.Errorf("%+v", p)
	}
	s.Seek(noon.Add(700*time.Second + time.Millisecond))
	s.checkShown(700)
	if p := s.Position(); !p.Time.Equal(noon.Add(700*time.Second+time.Millisecond)) || !p.Snapshot.Equal(noon.Add(700*time.Second)) {
		t.Errorf("%+v", p)
	}
	s.Seek(noon.Add(-time.Hour))
	s.checkShown(0)
	s.Seek(noon.Add(time.Hour))
	s.checkShown(1999)
	for part, want := range map[float64]int{0: 0, 0.5: 999, 1: 1999, -1: 0, 2: 1999, math.NaN(): 0, math.Inf(1): 1999} {
		s.SeekFraction(part)
		s.checkShown(want)
	}
	s.SeekFraction(0.25)
	s.Pause(false)
	s.wait(time.Second)
	s.checkShown(500)
	for times, want := range map[float64]float64{0: MinSpeed, -1: MinSpeed, 1e9: MaxSpeed, math.Inf(1): MaxSpeed, math.NaN(): 1, 8: 8} {
		if s.Speed(times); s.Position().Speed != want {
			t.Errorf("speed %v is %v", times, s.Position().Speed)
		}
	}
}

// TestSeek compares seeking with reading through.
func TestSeek(t *testing.T) {
	all := generate(5, 200)
	for i := range all {
		all[i].Time = noon.Add(time.Duration(i) * time.Second)
	}
	s := newPlayerTest(t, all, map[int][]sockets.DestroyNotification{10: {{Time: all[10].Time}}, 150: {{Time: all[150].Time}}})
	v := newGenerator(7)
	var snap sockets.Snapshot
	for range 300 {
		to := v.IntN(len(all))
		s.Seek(all[to].Time)
		if err := s.Read(t.Context(), &snap); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(all[to], snap, compareOptions); diff != "" {
			t.Fatal(to, diff)
		}
	}
}

// TestClockGoesBack checks that the replay continues when the recorded clock
// goes back.
func TestClockGoesBack(t *testing.T) {
	all := onePerSecond(4)
	all[2].Time, all[3].Time = noon.Add(-time.Hour), noon.Add(-time.Hour+time.Second)
	s := newPlayerTest(t, all, nil)
	for _, want := range []sockets.ID{0, 2, 3, 3} {
		var snap sockets.Snapshot
		if err := s.Read(t.Context(), &snap); err != nil || snap.Sockets[0].ID != want || !snap.Time.Equal(all[want].Time) {
			t.Errorf("%v %v, want %d", snap.Sockets, err, want)
		}
		s.wait(time.Second + 1)
	}
}

func TestPlayerNotifications(t *testing.T) {
	at := func(d time.Duration) sockets.DestroyNotification {
		return sockets.DestroyNotification{Time: noon.Add(d)}
	}
	notices := map[int][]sockets.DestroyNotification{
		1: {at(1300 * time.Millisecond), at(1400 * time.Millisecond)},
		2: {at(2500 * time.Millisecond)},
		3: {at(3500 * time.Millisecond)},
		9: {at(9500 * time.Millisecond)},
	}
	s := newPlayerTest(t, onePerSecond(10), notices)
	l := s.Notifications()
	drain := func(want, wantLost int) {
		t.Helper()
		if got, lost := l.Drain(nil); len(got) != want || lost != wantLost {
			t.Errorf("%d notices, %d lost; want %d and %d", len(got), lost, want, wantLost)
		}
	}
	drain(0, 0)
	s.checkShown(0)
	s.wait(1399 * time.Millisecond)
	s.checkShown(1)
	drain(0, 0)
	s.wait(time.Millisecond)
	drain(2, 1)
	s.wait(1100 * time.Millisecond)
	drain(0, 0) // notifications after a snapshot that was not read yet
	s.checkShown(2)
	drain(1, 2)
	s.Seek(noon.Add(8 * time.Second))
	drain(0, 0)
	s.checkShown(8)
	drain(0, 0)
	s.Seek(noon)
	s.checkShown(0)
	s.wait(9 * time.Second)
	s.checkShown(9)
	drain(4, 6) // all up to there
	s.wait(time.Hour)
	drain(0, 0)
	if l.Ready() != nil || l.Close() != nil {
		t.Error("the channel is not nil, or closing fails")
	}
}

func TestNext(t *testing.T) {
	p := mustOpen(t, record(t, Options{}, onePerSecond(3), map[int][]sockets.DestroyNotification{2: {{Time: noon}}}).Bytes())
	all := readAll(t, p)
	if len(all) != 4 || all[3].Snapshot != nil || len(all[3].Notifications) != 1 || all[3].Dropped != 2 {
		t.Fatalf("%+v", all)
	}
	if _, err := p.Next(); err != io.EOF {
		t.Error(err)
	}
	// The caller owns its snapshots: the model drops a snapshot that was read twice.
	all[0].Snapshot.Sockets[0].ID = 77
	p.Seek(noon)
	var snap sockets.Snapshot
	if err := p.Read(t.Context(), &snap); err != nil || snap.Sockets[0].ID != 0 {
		t.Error(snap.Sockets, err)
	}
}
