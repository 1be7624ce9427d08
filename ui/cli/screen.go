package cli

import (
	"fmt"

	"lotop/sockets"
	"lotop/sockets/live"
	"lotop/sockets/recording"
	"lotop/ui/tui"
)

// wantsScreen reports whether to start the interactive view.
func (a *app) wantsScreen(o *options) bool {
	if !a.terminal.in || !a.terminal.out || o.json {
		return false
	}
	if a.isDumb() {
		a.warn("interactive view not available (TERM=dumb), printing the list")
		return false
	}
	return true
}

// runScreen runs the interactive view, which closes the source.
func (a *app) runScreen(o *options, args []string) (int, error) {
	if _, err := parseQuery(args); err != nil {
		return exitFailed, err
	}
	if _, err := parseQuery([]string{o.pin}); err != nil {
		return exitFailed, fmt.Errorf("--pin: %w", err)
	}
	c, err := a.loadConfig(o)
	if err != nil {
		return exitFailed, err
	}
	source, err := a.openInteractive(o)
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
		show.Open = func() (sockets.Source, error) { return a.openLiveOnly(o) }
	}
	if heard, err := notificationsFor(source, nil); err == nil {
		show.Notifications = heard // else closed sockets are seen by refreshes only
	}
	return exitOK, a.screen(show)
}

// notificationsFor returns the destroy notifications of a source, for some ports or
// for all: those of a recording, or those of the kernel, which are recorded with
// --record.
func notificationsFor(source sockets.Source, ports []sockets.PortRange) (recording.NotificationSource, error) {
	if player, ok := source.(*recording.Player); ok {
		return player.Notifications(), nil
	}
	heard, err := live.WatchDestroyed(ports)
	if err != nil {
		return nil, err
	}
	if recorder, ok := source.(*recording.Recorder); ok {
		return recorder.TeeNotifications(heard), nil
	}
	return heard, nil
}
