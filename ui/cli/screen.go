package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"lotop/sockets"
	"lotop/sockets/live"
	"lotop/sockets/recording"
	"lotop/ui/tui"
)

// screenOptions holds the values of the flags of the interactive view.
type screenOptions struct {
	noMouse  bool
	noState  bool
	view     choice
	pin      string
	settings settingOptions
}

func newScreenOptions() *screenOptions {
	return &screenOptions{settings: newSettingOptions(), view: choice{"NAME", "", tui.ViewNames()}}
}

func (s *screenOptions) add(a *app, o *options, cmd *cobra.Command) {
	cmd.Flags().Var(&text{&s.pin, "QUERY"}, "pin", "pin rows that match QUERY to the top and ring the bell when they change")
	cmd.Flags().BoolVar(&s.noMouse, "no-mouse", false, "do not capture the mouse")
	// It fails only for a flag that does not exist, which every run of lotop would show.
	_ = cmd.RegisterFlagCompletionFunc("pin", a.completeQuery(o))
	cmd.Flags().Var(&s.view, "view", "begin with this view: "+s.view.list())
	s.view.complete(cmd, "view")
	cmd.Flags().BoolVar(&s.noState, "no-state", false, "do not remember view, order and interval from run to run")
	s.settings.add(cmd)
}

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
func (a *app) runScreen(o *options, s *screenOptions, args []string) (int, error) {
	if _, err := parseQuery(args); err != nil {
		return exitFailed, err
	}
	if _, err := parseQuery([]string{s.pin}); err != nil {
		return exitFailed, fmt.Errorf("--pin: %w", err)
	}
	c, err := a.loadConfig(&s.settings)
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
		NoMouse:  s.noMouse,
		ASCII:    a.ascii,
		Version:  thisBuild().version,
		Pin:      s.pin,
		Theme:    c.Theme,
		Colors:   c.Colors,
		Columns:  c.Columns,
		Keys:     c.Keys,
	}
	a.rememberShown(&show, s, o.recording.replay != "")
	if o.recording.replay == "" {
		show.Open = func() (sockets.Source, error) { return a.openLiveOnly(o) }
	}
	if notifications, err := notificationsFor(source, nil); err == nil {
		show.Notifications = notifications // else closed sockets are seen by refreshes only
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
	notifications, err := live.WatchDestroyed(ports)
	if err != nil {
		return nil, err
	}
	if recorder, ok := source.(*recording.Recorder); ok {
		return recorder.TeeNotifications(notifications), nil
	}
	return notifications, nil
}
