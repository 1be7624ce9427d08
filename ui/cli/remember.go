package cli

import (
	"lotop/ui/config"
	"lotop/ui/tui"
)

// rememberShown has the interactive view begin with what it showed when it was left, and
// keeps that for the next run. Flags take precedence over it.
func (a *app) rememberShown(show *tui.Options, s *screenOptions, replay bool) {
	path := config.StatePath(a.configFile())
	if s.noState {
		path = ""
	}
	var before config.State
	if path != "" {
		before = config.LoadState(path)
	}
	show.Shown = tui.Shown{View: before.View, Sort: before.Sort, Reverse: before.Reverse, Group: before.Group}
	if s.view.value != "" {
		show.Shown.View = s.view.value
	}
	configured := show.Interval
	if !s.settings.interval.given {
		show.Interval = before.RefreshInterval(configured)
	}
	// Under sudo the file could be the user's own, who could not change it any more.
	if path == "" || replay || a.getenv("SUDO_USER") != "" {
		return
	}
	begun := show.Interval
	show.Left = func(left tui.Shown) {
		after := config.State{View: left.View, Sort: left.Sort, Reverse: left.Reverse, Group: left.Group, Interval: before.Interval, Configured: before.Configured}
		if left.Interval != begun {
			after.Interval, after.Configured = left.Interval.String(), configured.String()
		}
		if after == before {
			return
		}
		if err := config.SaveState(path, after); err != nil {
			a.warn("view and order are not remembered: %v; --no-state does not try", err)
		}
	}
}
