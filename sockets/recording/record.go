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

// Options configure a recording.
type Options struct {
	// Redact omits everything that a process can choose (name, command line),
	// names of users, and directories.
	Redact bool
	// Executable returns the name of the file that a process executes, as
	// reported by the kernel: with Redact nothing else identifies the
	// process. It is called during Read. If it is nil or returns "", no name
	// is recorded.
	Executable func(*process.Process) untrusted.Text
}

// keyframeEvery is the maximum number of snapshots between two keyframes. A
// keyframe is written earlier once the changes since the last are larger than
// it.
const keyframeEvery = 600

// Recorder is a source that records everything it reads from another source.
// When Read returns, the snapshot has been written to the file: if lotop is
// killed, nothing is lost.
type Recorder struct {
	source sockets.Source

	mu            sync.Mutex // notifications can come from another goroutine
	out           io.WriteCloser
	zip           *zstd.Encoder
	encoder       encoder
	line          []byte
	headerWritten bool
	snapshotCount int
	sinceKeyframe int   // snapshots since the last keyframe
	deltaBudget   int   // bytes that may still be written before the next keyframe
	err           error // why recording stopped
}

// Create creates the file of a new recording, readable only by its owner. It
// does not overwrite a file.
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

// Record returns a source that reads from src and writes what it read to w.
// Closing it closes both. A failed write is reported by [Recorder.Failed], by
// a warning in every later snapshot, and by Close; src is still read, and
// what was written before can be replayed.
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
		// First, because a screen may have no room for more.
		into.Warnings = slices.Insert(slices.Clip(into.Warnings), 0, sockets.Warning{
			Kind: sockets.RecordingFailed,
			Text: r.err.Error(),
		})
	}
	return nil
}

// fail stops the recording if err is not nil.
func (r *Recorder) fail(err error) {
	if err != nil {
		r.err = fmt.Errorf("recording stopped after %s: %w", sockets.Count(r.snapshotCount, "snapshot"), err)
	}
}

// Failed returns why recording stopped, nil if it did not.
func (r *Recorder) Failed() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Close implements [sockets.Source]. Its error includes an earlier failure to
// record.
func (r *Recorder) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.source.Close()
	if r.err == nil && r.headerWritten {
		r.fail(r.zip.Close())
	}
	closed := r.out.Close()
	if r.err == nil {
		r.fail(closed) // a network file system reports a full disk only now
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

// writeLine writes the line and flushes it.
func (r *Recorder) writeLine() error {
	if len(r.line) > maxLine {
		return errLimit
	}
	if _, err := r.zip.Write(r.line); err != nil {
		return err
	}
	return r.zip.Flush()
}
