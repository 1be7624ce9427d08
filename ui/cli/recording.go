package cli

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"lotop/sockets"
	"lotop/sockets/recording"
)

// recordingOptions are the flags about recordings.
type recordingOptions struct {
	record string // the file to write, empty for none
	redact bool
	replay string // the file to play, empty for the live kernel
	at     string
}

// add adds the flags to a command and those below it, with the check that they
// fit together.
func (r *recordingOptions) add(a *app, cmd *cobra.Command) {
	f := cmd.PersistentFlags()
	f.StringVar(&r.record, "record", "", "write all that is seen to a new `FILE`")
	f.BoolVar(&r.redact, "redact", false, "leave arguments, users and folders out of what --record writes")
	f.StringVar(&r.replay, "replay", "", "show what was recorded in `FILE` (- for standard input) in place of the machine of now")
	f.StringVar(&r.at, "at", "", "the `TIME` of day to show of what --replay plays, such as 12:03:11")
	cmd.PersistentPreRun = func(cmd *cobra.Command, _ []string) {
		if err := r.check(cmd); err != nil {
			// An error that cobra is given takes the long way, see command.
			a.end(exitFailed, err)
			cmd.RunE = func(*cobra.Command, []string) error { return nil }
		}
	}
}

// check tells what does not fit together.
func (r *recordingOptions) check(cmd *cobra.Command) error {
	given := func(flag string) bool { return cmd.Flags().Changed(flag) }
	shows := !cmd.HasParent() || slices.Contains([]string{"list", "watch"}, cmd.Name())
	switch {
	case given("record") && given("replay"):
		return errors.New("--record writes what the kernel says, and --replay does not ask it: leave one out")
	case given("replay") && given("source"):
		return errors.New("--source says how to ask the kernel, and --replay does not ask it: leave one out")
	case given("replay") && !shows:
		return fmt.Errorf("%s asks the kernel of now, a recording cannot answer: leave out --replay", cmd.CommandPath())
	case given("record") && !shows:
		return fmt.Errorf("%s has nothing to record: --record goes with the screen, list and watch", cmd.CommandPath())
	case given("record") && (r.record == "" || r.record == "-"):
		return errors.New("--record takes the name of a new file")
	case given("replay") && r.replay == "":
		return errors.New("--replay takes the name of a file, or - for standard input")
	case given("redact") && !given("record"):
		return errors.New("--redact goes with --record: what is in a recording already, it cannot take out")
	case given("at") && !given("replay"):
		return errors.New("--at goes with --replay")
	}
	return nil
}

// openSource opens what a command shows at one moment: the live kernel, or a
// recording at the time that was asked for, by default its end.
func (a *app) openSource(o *options) (sockets.Source, error) {
	if o.recording.replay == "" {
		return a.openRecorded(o, nil)
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

// openScreen opens what the screen shows: the live kernel, or a recording that
// plays.
func (a *app) openScreen(o *options) (sockets.Source, error) {
	if o.recording.replay == "" {
		return a.openRecorded(o, nil)
	}
	player, err := a.openPlayer(o)
	if err != nil {
		return nil, err
	}
	return player, nil
}

// openNow opens another look at the live kernel, to see whether a port is free.
func (a *app) openNow(o *options) (sockets.Source, error) {
	if o.recording.replay != "" {
		return nil, errors.New("a recording plays: what it shows is not there to be freed")
	}
	return a.openLive(o, nil)
}

// openPlayer opens the recording, at the time that was asked for, by default
// its beginning.
func (a *app) openPlayer(o *options) (*recording.Player, error) {
	player, err := recording.Open(o.recording.replay)
	if err != nil || o.recording.at == "" {
		return player, err
	}
	p := player.Position()
	at, err := timeWithin(o.recording.at, p.Begin, p.End)
	if err != nil {
		_ = player.Close() // nothing was written
		return nil, err
	}
	player.Seek(at)
	return player, nil
}

// openRecorded opens the live kernel, and records what is read if that was
// asked for.
func (a *app) openRecorded(o *options, ports []sockets.PortRange) (sockets.Source, error) {
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
		a.say("recorded command lines may hold secrets: --redact leaves them out")
	}
	return recording.Record(source, file, recording.Options{Redact: r.redact}), nil
}

// timeWithin reads a time in a recording. A time of day alone is the first such
// in it.
func timeWithin(s string, begin, end time.Time) (time.Time, error) {
	first := begin.Truncate(time.Second) // for who writes whole seconds
	at, err := parseTime(s, first.Local())
	if err != nil {
		return at, err
	}
	if at.Before(first) || at.After(end) {
		return at, fmt.Errorf("--at %s: the recording goes from %s to %s", s,
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
	return first, fmt.Errorf("--at %s: write a time such as 12:03:11 or %s", s, first.Format("2006-01-02T15:04:05Z07:00"))
}
