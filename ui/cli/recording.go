package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/spf13/cobra"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/recording"
)

// recordingOptions holds the values of the flags for recordings.
type recordingOptions struct {
	record string // the file to write, empty for none
	redact bool
	replay string // the file to replay, empty for the live system
	at     string
}

// add adds the flags to a command that shows rows.
func (r *recordingOptions) add(a *app, cmd *cobra.Command) {
	f := cmd.Flags()
	f.Var(&text{&r.record, "FILE"}, "record", "record the session to a new FILE")
	f.BoolVar(&r.redact, "redact", false, "omit arguments, users and directories from the recording")
	f.Var(&text{&r.replay, "FILE"}, "replay", "show the recording in FILE (- for stdin) instead of the live system")
	f.Var(&text{&r.at, "TIME"}, "at", "start the replay at TIME, such as 12:03:11")
	cmd.PreRun = func(cmd *cobra.Command, _ []string) {
		if err := r.check(cmd); err != nil {
			a.setExit(exitFailed, err)
			cmd.RunE = func(*cobra.Command, []string) error { return nil }
		}
	}
}

// check returns an error if flags were given that exclude each other.
func (r *recordingOptions) check(cmd *cobra.Command) error {
	given := func(flag string) bool { return cmd.Flags().Changed(flag) }
	switch {
	case given("record") && given("replay"):
		return errors.New("--record and --replay cannot be used together")
	case given("replay") && given("source"):
		return errors.New("--source and --replay cannot be used together")
	case given("record") && (r.record == "" || r.record == "-"):
		return errors.New("--record requires the name of a new file")
	case given("replay") && r.replay == "":
		return errors.New("--replay requires a file name, or - for standard input")
	case given("redact") && !given("record"):
		return errors.New("--redact requires --record: it cannot redact an existing recording")
	case given("at") && !given("replay"):
		return errors.New("--at requires --replay")
	}
	return nil
}

// openSource opens the source of a single snapshot: the live system, or a recording
// at the time of --at, by default its end.
func (a *app) openSource(o *options) (sockets.Source, error) {
	if o.recording.replay == "" {
		return a.openAndRecord(o, nil)
	}
	player, err := a.openPlayer(o)
	if err != nil {
		return nil, err
	}
	player.Pause(true)
	if o.recording.at == "" {
		player.SeekFraction(1)
	}
	return player, nil
}

// openInteractive opens the source of the interactive view: the live system, or a
// recording that plays.
func (a *app) openInteractive(o *options) (sockets.Source, error) {
	if o.recording.replay == "" {
		return a.openAndRecord(o, nil)
	}
	player, err := a.openPlayer(o)
	if err != nil {
		return nil, err
	}
	return player, nil
}

// openLiveOnly opens the live system, to check whether a port is free.
func (a *app) openLiveOnly(o *options) (sockets.Source, error) {
	if o.recording.replay != "" {
		return nil, errors.New("cannot free a port while replaying a recording")
	}
	return a.openLive(o, nil)
}

// openPlayer opens the recording at the time of --at, by default its beginning.
func (a *app) openPlayer(o *options) (*recording.Player, error) {
	player, err := openRecording(o.recording.replay)
	if err != nil || o.recording.at == "" {
		return player, err
	}
	p := player.Position()
	at, err := parseTimeWithin(o.recording.at, p.Begin, p.End)
	if err != nil {
		_ = player.Close() // nothing was written
		return nil, err
	}
	player.Seek(at)
	return player, nil
}

// openRecording opens a recording. An interrupt cancels it: the file may be a pipe
// without a writer.
func openRecording(path string) (*recording.Player, error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return recording.Open(ctx, path)
}

// openAndRecord opens the live system, and records it with --record.
func (a *app) openAndRecord(o *options, ports []sockets.PortRange) (sockets.Source, error) {
	r := &o.recording
	source, err := a.openLive(o, ports)
	if err != nil || r.record == "" {
		return source, err
	}
	file, err := recording.Create(r.record)
	if err != nil {
		_ = source.Close() // nothing was read
		return nil, err
	}
	if !r.redact {
		a.warn("recorded command lines may contain secrets: use --redact to omit them")
	}
	return recording.Record(source, file, recording.Options{
		Redact: r.redact, Executable: process.NewReader("").ExecutableName,
	}), nil
}

// parseTimeWithin parses a time within a recording. A time of day without a date is
// its first occurrence in the recording.
func parseTimeWithin(s string, begin, end time.Time) (time.Time, error) {
	first := begin.Truncate(time.Second) // --at has whole seconds
	at, err := parseTime(s, first.Local())
	if err != nil {
		return at, err
	}
	if at.Before(first) || at.After(end) {
		return at, fmt.Errorf("--at %s: not in the recording, which covers %s to %s", s,
			begin.Local().Format(time.DateTime), end.Local().Format(time.DateTime))
	}
	return at, nil
}

func parseTime(s string, first time.Time) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateTime, "2006-01-02 15:04"} {
		if at, err := time.ParseInLocation(layout, s, first.Location()); err == nil {
			return at, nil
		}
	}
	for _, layout := range []string{time.TimeOnly, "15:04"} {
		if at, err := time.ParseInLocation(layout, s, first.Location()); err == nil {
			at = time.Date(first.Year(), first.Month(), first.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), first.Location())
			if at.Before(first) {
				at = at.AddDate(0, 0, 1)
			}
			return at, nil
		}
	}
	return first, fmt.Errorf("--at %s: expected a time such as 12:03:11 or %s", s, first.Format("2006-01-02T15:04:05Z07:00"))
}
