package tui

import (
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"lotop/model/query"
	"lotop/sockets/access"
	"lotop/sockets/process"
	"lotop/ui"
)

// framesPerSecond limits how often the terminal is written to. Bubble Tea wakes up
// that often even if nothing has changed: at its default of 60 that is most of the
// cost of an idle screen. A key shows after 25 ms on average.
const framesPerSecond = 20

// Run shows the screen until the user quits. The error matches [tea.ErrInterrupted]
// after ctrl+c, and is a [signals.Stopped] after a signal, unless something could
// not be recorded.
func Run(o Options) (err error) {
	defer func() {
		if unrecorded := o.Source.Close(); unrecorded != nil {
			err = unrecorded
		}
	}()
	// The live data of 50,000 sockets is about 40 MB and hardly changes, so a heap
	// twice as large is of no use. With few sockets it costs nothing.
	debug.SetGCPercent(25)
	filter, err := query.Parse(o.Query)
	if err != nil {
		return err
	}
	var pinned *query.Query
	if o.Pin != "" {
		if pinned, err = query.Parse(o.Pin); err != nil {
			return err
		}
	}
	if o.Notifications != nil {
		defer o.Notifications.Close()
	}
	if o.Interval == 0 {
		o.Interval = time.Second
	}
	options := []tea.ProgramOption{tea.WithFPS(framesPerSecond)}
	// Bubble Tea reads NO_COLOR as a boolean; by no-color.org any value counts.
	if o.Color == "never" || o.Color != "always" && os.Getenv("NO_COLOR") != "" {
		o.Color = "never"
		options = append(options, tea.WithColorProfile(colorprofile.ASCII))
	}
	if o.Color == "always" {
		options = append(options, tea.WithColorProfile(colorsAlways(os.Stdout, os.Environ())))
	}
	m := newModel(o, filter, pinned, process.NewReader(""), time.Now)
	m.root, m.wording = access.New("").Allows(access.CloseSockets), ui.WordingFor(runtime.GOOS)
	err = m.signals.run(m, options...)
	if o.Left != nil {
		o.Left(m.shown())
	}
	return err
}

// colorsAlways returns the colors that --color=always asks for: as many as the terminal
// has, and 16 where it seems to have none.
func colorsAlways(out io.Writer, environ []string) colorprofile.Profile {
	return max(colorprofile.Detect(out, environ), colorprofile.ANSI)
}
