package recording

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"lotop/sockets"
)

func TestCreate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.lotop")
	f, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	if _, err := Create(path); err == nil || err.Error() != path+" already exists: remove it or use another name" {
		t.Error(err)
	}
	if _, err := Create(filepath.Join(path, "y")); err == nil || !strings.HasPrefix(err.Error(), "create the recording: ") {
		t.Error(err)
	}
}

// TestDiskFull checks that reads continue without the recording, with a
// warning.
func TestDiskFull(t *testing.T) {
	all := generate(3, 60)
	whole := record(t, Options{}, all, nil).Len()
	f := &file{limit: whole / 2}
	src := &scriptedSource{all: all}
	r := Record(src, f, Options{})
	var snap sockets.Snapshot
	failed := 0
	for i := range all {
		if err := r.Read(t.Context(), &snap); err != nil {
			t.Fatal(err)
		}
		n := len(all[i].Warnings)
		switch len(snap.Warnings) - n {
		case 0:
			if failed > 0 {
				t.Fatalf("snapshot %d does not say it", i)
			}
		case 1:
			w := snap.Warnings[0]
			if w.Kind != sockets.RecordingFailed || !strings.HasSuffix(w.Text, errFull.Error()) {
				t.Fatal(w)
			}
			failed++
		default:
			t.Fatal(snap.Warnings)
		}
	}
	r.WriteNotifications([]sockets.DestroyNotification{{}}, 0)
	want := fmt.Sprintf("recording stopped after %d snapshots: %v", len(all)-failed, errFull)
	if err := r.Failed(); err == nil || err.Error() != want {
		t.Error(err)
	}
	if err := r.Close(); !errors.Is(err, errFull) || err.Error() != want || src.closed != 1 || f.closed != 1 || failed == 0 {
		t.Error(err, src.closed, f.closed, failed)
	}
	p := mustOpen(t, f.Bytes())
	if got := len(readAll(t, p)); got != len(all)-failed || p.Damage() == "" {
		t.Errorf("%d of %d can be read: %s", got, len(all)-failed, p.Damage())
	}
}

// TestDiskFullOfNotices checks that a notification that cannot be recorded is
// reported at once.
func TestDiskFullOfNotices(t *testing.T) {
	f := &file{}
	r := Record(&scriptedSource{all: onePerSecond(1)}, f, Options{})
	var snap sockets.Snapshot
	if err := errors.Join(r.Read(t.Context(), &snap), r.Failed()); err != nil {
		t.Fatal(err)
	}
	f.limit = f.Len()
	r.WriteNotifications([]sockets.DestroyNotification{{Time: noon}}, 0)
	if err := r.Failed(); !errors.Is(err, errFull) {
		t.Error(err)
	}
	if err := r.Close(); !errors.Is(err, errFull) {
		t.Error(err)
	}
}

// fullAtClose accepts everything until it is closed, as network file systems
// do.
type fullAtClose struct{ file }

func (*fullAtClose) Close() error { return errFull }

func TestDiskFullAtClose(t *testing.T) {
	for _, limit := range []bool{false, true} {
		f := &fullAtClose{}
		r := Record(&scriptedSource{all: onePerSecond(1)}, f, Options{})
		var snap sockets.Snapshot
		if err := r.Read(t.Context(), &snap); err != nil {
			t.Fatal(err)
		}
		if limit { // no room for the end of the frame
			f.limit = f.Len()
		}
		if err := r.Close(); !errors.Is(err, errFull) || strings.Count(err.Error(), errFull.Error()) != 1 {
			t.Error(err)
		}
	}
}

// brokenSource cannot be read.
type brokenSource struct{ scriptedSource }

var errBroken = errors.New("broken")

func (*brokenSource) Close() error { return errBroken }

func TestSourceFails(t *testing.T) {
	f := &file{}
	r := Record(&brokenSource{}, f, Options{})
	var snap sockets.Snapshot
	if err := r.Read(t.Context(), &snap); err == nil || len(snap.Warnings) != 0 {
		t.Error(err, snap.Warnings)
	}
	if err := r.Close(); !errors.Is(err, errBroken) || f.closed != 1 || f.Len() != 0 {
		t.Error(err, f.closed, f.Len())
	}
}

// notificationQueue is a [NotificationSource] with given notifications.
type notificationQueue struct {
	all  []sockets.DestroyNotification
	lost int
}

func (q *notificationQueue) Ready() <-chan struct{} { return nil }
func (q *notificationQueue) Close() error           { return errBroken }
func (q *notificationQueue) Drain(dst []sockets.DestroyNotification) ([]sockets.DestroyNotification, int) {
	dst, lost := append(dst, q.all...), q.lost
	q.all, q.lost = nil, 0
	return dst, lost
}

func TestTeeNotifications(t *testing.T) {
	f := &file{}
	r := Record(&scriptedSource{all: onePerSecond(2)}, f, Options{})
	q := &notificationQueue{all: make([]sockets.DestroyNotification, 3), lost: 1}
	l := r.TeeNotifications(q)
	if got, lost := l.Drain(nil); len(got) != 3 || lost != 1 {
		t.Error("notifications before the first snapshot are not returned")
	}
	var snap sockets.Snapshot
	if err := r.Read(t.Context(), &snap); err != nil {
		t.Fatal(err)
	}
	many := maxNotifications + 5
	q.all, q.lost = make([]sockets.DestroyNotification, many), 9
	for i := range q.all {
		q.all[i].Time, q.all[i].Socket.ID = noon, sockets.ID(i)
	}
	if got, lost := l.Drain(make([]sockets.DestroyNotification, 2)); len(got) != many+2 || lost != 9 {
		t.Error(len(got), lost)
	}
	q.lost = 4
	l.Drain(nil)
	if l.Close() != errBroken {
		t.Error("it is not closed")
	}
	if err := errors.Join(r.Read(t.Context(), &snap), r.Close()); err != nil {
		t.Fatal(err)
	}
	m := readAll(t, mustOpen(t, f.Bytes()))[1]
	if len(m.Notifications) != many || m.Dropped != 13 || m.Notifications[many-1].Socket.ID != sockets.ID(many-1) {
		t.Error(len(m.Notifications), m.Dropped)
	}
}
