package cli

import (
	"fmt"

	"lotop/sockets"
	"lotop/sockets/recording"
	"lotop/ui/tui"
)

// wantsScreen tells whether the screen can be shown and is asked for.
func (a *app) wantsScreen(o *options) bool {
	if !a.terminal.in || !a.terminal.out || o.json {
		return false
	}
	if a.dumb() {
		a.say("interactive view not available (TERM=dumb), printing the list")
		return false
	}
	return true
}

// runScreen runs the interactive face until the person leaves it. The screen
// closes the source.
func (a *app) runScreen(o *options, args []string) (int, error) {
	if _, err := parseQuery(args); err != nil {
		return exitFailed, err
	}
	if _, err := parseQuery([]string{o.pin}); err != nil {
		return exitFailed, fmt.Errorf("--pin: %w", err)
	}
	c, err := a.settings(o)
	if err != nil {
		return exitFailed, err
	}
	source, err := a.openScreen(o)
	if err != nil {
		return exitFailed, err
	}
	show := tui.Options{
		Source:   source,
		Query:    queryText(args),
		All:      o.all,
		Interval: c.Interval,
		Color:    o.color.value,
		NoMouse:  o.noMouse,
		Version:  thisBuild().version,
		Pin:      o.pin,
		Theme:    c.Theme,
		Columns:  c.Columns,
		Keys:     c.Keys,
	}
	if o.recording.replay == "" {
		show.Open = func() (sockets.Source, error) { return a.openNow(o) }
	}
	if heard, err := noticesOf(source, nil); err == nil {
		show.Notices = heard // else snapshots alone have to do
	}
	return exitYes, a.screen(show)
}

// noticesOf are the notices that go with a source, for some ports or for all:
// of a recording its own; of the kernel those of now, written down where a
// recording is made.
func noticesOf(source sockets.Source, ports []sockets.PortRange) (recording.Listener, error) {
	if player, ok := source.(*recording.Player); ok {
		return player.Notices(), nil
	}
	heard, err := sockets.WatchDestroyed(ports)
	if err != nil {
		return nil, err
	}
	if recorder, ok := source.(*recording.Recorder); ok {
		return recorder.Listen(heard), nil
	}
	return heard, nil
}
