package recording

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"sync"

	"github.com/klauspost/compress/zstd"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// Options say what a recording holds.
type Options struct {
	// Redact leaves out all that a process can choose for itself (name, command
	// line), names of users, and directories.
	Redact bool
	// Executable returns the name of the file that a process executes, as the
	// kernel knows it: all that Redact leaves of who a process is. It is called
	// while Read runs. If it is nil, or returns "", no name is left.
	Executable func(*process.Process) untrusted.Text
}

// keyframeEvery is after how many snapshots one is written in full again, should
// the changes since the last weigh less than that.
const keyframeEvery = 600

// Recorder is a source that writes down whatever it reads from another one.
// What was read is in the file when Read returns, as far as the system is
// concerned: a lotop that is killed loses nothing.
type Recorder struct {
	source sockets.Source

	mu            sync.Mutex // notices can come from another goroutine
	out           io.WriteCloser
	zip           *zstd.Encoder
	encoder       encoder
	line          []byte
	headerWritten bool
	snapshotCount int   // snapshots
	sinceKeyframe int   // snapshots since the last in full
	deltaBudget   int   // bytes that may still be written before the next in full
	err           error // why nothing is written any more
}

// Create makes the file for a new recording. Only its owner may read it. A file
// that exists is left alone.
func Create(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("%s already exists: remove it or use another name", path)
	}
	if err != nil {
		return nil, fmt.Errorf("create the recording: %w", err)
	}
	return f, nil
}

// Record returns a source that reads from src and writes to w all that it read.
// Closing it closes both. That w takes no more is told by [Recorder.Failed], by a
// warning in every snapshot from then on, and by Close; src is read as before, and
// what w took until then can be played.
func Record(src sockets.Source, w io.WriteCloser, o Options) *Recorder {
	zip, err := zstd.NewWriter(w,
		zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithWindowSize(1<<20),
		zstd.WithEncoderConcurrency(1),
		zstd.WithLowerEncoderMem(true),
	)
	return &Recorder{source: src, out: w, zip: zip, encoder: encoder{redact: o.Redact, executable: o.Executable}, err: err}
}

// Read implements [sockets.Source].
func (r *Recorder) Read(ctx context.Context, into *sockets.Snapshot) error {
	if err := r.source.Read(ctx, into); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		r.fail(r.writeSnapshot(into))
	}
	if r.err != nil {
		// It comes first: a screen may have no room for more.
		into.Warnings = slices.Insert(slices.Clip(into.Warnings), 0, sockets.Warning{
			Kind: sockets.RecordingFailed,
			Text: r.err.Error(),
		})
	}
	return nil
}

// fail ends the recording, if there is an error.
func (r *Recorder) fail(err error) {
	if err != nil {
		r.err = fmt.Errorf("recording stopped after %s: %w", countOf(r.snapshotCount, "snapshot"), err)
	}
}

// Failed returns why nothing is recorded any more, nil as long as all is.
func (r *Recorder) Failed() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Close implements [sockets.Source]. The error says also that something could not
// be recorded, no matter when.
func (r *Recorder) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.source.Close()
	if r.err == nil && r.headerWritten {
		r.fail(r.zip.Close())
	}
	closed := r.out.Close()
	if r.err == nil {
		r.fail(closed) // a network file system tells only now that it is full
	}
	err = errors.Join(err, r.err)
	r.err = fs.ErrClosed
	return err
}

func (r *Recorder) writeSnapshot(s *sockets.Snapshot) error {
	if len(s.Sockets) > maxSockets || r.snapshotCount >= maxSnapshots {
		return errLimit
	}
	if err := r.writeHeader(s.Time.UnixNano()); err != nil {
		return err
	}
	key := r.snapshotCount == 0 || r.deltaBudget <= 0 || r.sinceKeyframe >= keyframeEvery
	if key && r.snapshotCount > 0 {
		if err := r.zip.Close(); err != nil {
			return err
		}
		r.zip.Reset(r.out)
	}
	r.line = r.encoder.appendSnapshot(r.line[:0], s, key)
	if err := r.writeLine(); err != nil {
		return err
	}
	r.snapshotCount++
	r.sinceKeyframe++
	if key {
		r.sinceKeyframe, r.deltaBudget = 0, len(r.line)
	} else {
		r.deltaBudget -= len(r.line)
	}
	return nil
}

// writeHeader writes the header, once.
func (r *Recorder) writeHeader(now int64) error {
	if r.headerWritten {
		return nil
	}
	r.headerWritten = true
	r.line = appendHeader(r.line[:0], header{
		Format: formatName, Version: formatVersion, Started: fromNano(now).UTC(),
		OS: runtime.GOOS, Redacted: r.encoder.redact,
	})
	_, err := r.zip.Write(r.line)
	return err
}

// writeLine writes the line and sees to it that it leaves this process.
func (r *Recorder) writeLine() error {
	if len(r.line) > maxLine {
		return errLimit
	}
	if _, err := r.zip.Write(r.line); err != nil {
		return err
	}
	return r.zip.Flush()
}

// countOf says how many there are of something.
func countOf(n int, of string) string {
	if n != 1 {
		of += "s"
	}
	return fmt.Sprintf("%d %s", n, of)
}
