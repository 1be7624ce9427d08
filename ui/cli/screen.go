package cli

import (
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
	open := func() (sockets.Source, error) { return a.openSource(o) }
	source, err := open()
	if err != nil {
		return exitFailed, err
	}
	return exitYes, a.screen(tui.Options{
		Source:   source,
		Open:     open,
		Query:    queryText(args),
		All:      o.all,
		Interval: time.Duration(o.interval),
		Color:    o.color.value,
		NoMouse:  o.noMouse,
		Version:  version(),
	})
}
