package cli

import (
	"fmt"
	"time"

	"lotop/sockets"
	"lotop/ui/tui"
)

// wantsScreen tells whether the screen can be shown and is asked for.
func (a *app) wantsScreen(o *options) bool {
	if !a.terminal.in || !a.terminal.out || o.json {
		return false
	}
	if a.dumb() {
		a.say("this terminal cannot show the screen (TERM=dumb), so here is the list")
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
	source, err := a.openScreen(o)
	if err != nil {
		return exitFailed, err
	}
	show := tui.Options{
		Source:   source,
		Open:     func() (sockets.Source, error) { return a.openNow(o) },
		Query:    queryText(args),
		All:      o.all,
		Interval: time.Duration(o.interval),
		Color:    o.color.value,
		NoMouse:  o.noMouse,
		Version:  thisBuild().version,
		Pin:      o.pin,
	}
	if o.recording.replay == "" {
		show.Open = func() (sockets.Source, error) { return a.openNow(o) }
		if heard, err := sockets.OpenNotices(nil); err == nil {
			show.Notices = heard // else snapshots alone have to do
		}
	}
	return exitYes, a.screen(show)
}
