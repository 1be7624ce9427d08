package tui

import (
	"context"
	"errors"
	"testing"
	"time"

	"lotop/sockets"
)

// fullSource is a source that is recorded to a disk, which can be full.
type fullSource struct {
	*fakeSource
	err error
}

func (s *fullSource) Failed() error { return s.err }

func (s *fullSource) Read(ctx context.Context, into *sockets.Snapshot) error {
	err := s.fakeSource.Read(ctx, into)
	if s.err != nil {
		into.Warnings = []sockets.Warning{{Kind: sockets.RecordingFailed, Text: s.err.Error()}}
	}
	return err
}

var errFull = errors.New("recording stopped after 7 snapshots: no space left on device")

func startRecording(t *testing.T) (*driver, *fullSource) {
	t.Helper()
	d, notifications := startWithNotifications(t, "")
	s := &fullSource{fakeSource: d.source}
	d.m.worker = newWorker(s, d.processes, notifications)
	d.run(d.m.refresh())
	d.wantsNot("recording stopped")
	return d, s
}

// TestDiskFullOnScreen says in the line of warnings that a look could not be
// recorded.
func TestDiskFullOnScreen(t *testing.T) {
	d, s := startRecording(t)
	s.err = errFull
	d.pass(time.Second)
	d.wants(" " + errFull.Error())
	d.wantsNot("✗ " + errFull.Error())
}

// TestDiskFullPaused says it at once also between two looks, and while there are
// none: notices are recorded all the time.
func TestDiskFullPaused(t *testing.T) {
	d, s := startRecording(t)
	d.press("p")
	d.run(d.m.schedule(taskDrain))
	d.wantsNot("recording stopped")
	s.err = errFull
	d.run(d.m.schedule(taskDrain))
	d.wants("✗ " + errFull.Error())
	d.press("down")
	d.run(d.m.schedule(taskDrain))
	d.wantsNot("recording stopped")
	d.press("p")
	d.wants(errFull.Error())
}
