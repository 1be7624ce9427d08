package tui

import (
	"time"

	"charm.land/bubbles/v2/spinner"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"lotop/model"
	"lotop/model/plan"
	"lotop/model/query"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/recording"
	"lotop/ui"
	"lotop/ui/ports"
	"lotop/ui/style"
	"lotop/ui/tui/keymap"
	"lotop/ui/tui/table"
)

// Model is the whole screen. Only Update changes it.
type Model struct {
	worker      *worker
	ports       portService
	live        bool               // the kernel of now is shown, not a recording
	player      player             // of the recording, nil without one
	position    recording.Position // where the player is, as of the last look or key
	root        bool               // whether lotop may close single connections
	wording     ui.Wording         // for how this system ends processes
	now         func() time.Time
	after       func(time.Duration, func(time.Time) tea.Msg) tea.Cmd // tea.Tick
	openBrowser func(url string) error                               // in the browser

	signals *signalHandler
	suspend func(group bool) tea.Msg // stops lotop until the shell continues it

	width, height int
	keys          keymap.Map
	palette       style.Palette
	theme         style.Theme
	color         bool
	dark          bool
	noMouse       bool
	ascii         bool
	version       string

	view     view
	rows     table.Table[model.Row]
	events   table.Table[track.Event]
	query    *query.Query // the filter in force
	shape    track.ListOptions
	interval time.Duration
	paused   bool

	filter    textinput.Model
	filtering bool
	filterErr error
	typedAt   time.Time // when the filter last changed

	latest      arrangement       // the newest
	readErr     error             // why the last look at the tables failed
	busy        bool              // the worker has a request
	pending     task              // what is wanted as soon as it is done
	listID      int               // counts the changes of filter, view and order
	heldKeys    []tea.KeyPressMsg // typed before the rows that they mean were shown
	tickID      int               // tells the newest tick from those before it
	showSpinner bool              // the first data takes so long that a spinner shows
	spinner     spinner.Model

	pinRequests []model.Row // whose pin is to be set or taken away by the next request

	details    *detailsPane     // nil when closed
	dialog     *dialog          // nil when closed
	help       *helpPage        // nil when closed
	diagnosis  *diagnosisResult // about the port in question, nil without one
	diagnosing bool             // a question about a port is under way
	status     line             // a word about what a key did, until the next key
	drawing    drawing
}

// view is one of the pages that tab goes through.
type view uint8

const (
	socketsView view = iota
	listenersView
	connectionsView
	eventsView
	numViews
)

var viewNames = [numViews]string{"Sockets", "Listeners", "Connections", "Events"}

// intervals are the steps of + and -.
var intervals = []time.Duration{
	100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute,
}

// spinnerDelay is how long the first data may take before a spinner shows: one
// that only flashes is worse than none.
const spinnerDelay = 200 * time.Millisecond

// newModel makes the screen of a source. pinQuery is nil if nothing is to be
// pinned by itself.
func newModel(o Options, query, pinQuery *query.Query, reader *process.Reader, now func() time.Time) *Model {
	m := &Model{
		worker:      newWorker(o.Source, reader, o.Notifications),
		ports:       &ports.Service{Reader: reader, Open: o.Open},
		live:        o.Open != nil,
		now:         now,
		after:       tea.Tick,
		openBrowser: openURL,
		signals:     newSignalHandler(),
		version:     o.Version,
		keys:        keymap.New(o.Keys),
		palette:     style.PaletteOf(o.Theme),
		color:       o.Color != "never",
		dark:        true,
		noMouse:     o.NoMouse,
		ascii:       o.ASCII,
		query:       query,
		shape:       track.ListOptions{AllHosts: o.All, Order: model.Order{Column: model.ByLocal}},
		interval:    o.Interval,
		spinner:     spinner.New(spinner.WithSpinner(spinner.MiniDot)),
		filter:      textinput.New(),
	}
	m.suspend = m.signals.suspend
	m.rows, m.events = newRowTable(m.refTime, m.flowOf, m.pinClosedAt), newEventTable()
	m.rows.SelectColumns(o.Columns)
	m.filter.Prompt = "/ "
	m.filter.SetValue(printable(o.Query))
	m.worker.pins.query = pinQuery
	m.detectPlayer()
	m.rebuildTheme()
	return m
}

// rebuildTheme makes the theme anew; the terminal tells its background late or never.
func (m *Model) rebuildTheme() {
	m.theme = style.NewTheme(m.palette, m.color, m.dark)
	plainStyle := m.theme.Styles[plain]
	s := m.filter.Styles()
	s.Focused.Prompt, s.Blurred.Prompt = m.theme.Styles[accent], m.theme.Styles[muted]
	s.Focused.Text, s.Blurred.Text = plainStyle, plainStyle
	s.Cursor.Blink = false
	m.filter.SetStyles(s)
}

type (
	tickMsg         struct{ n int }
	spinnerDelayMsg struct{}
	planMsg         struct {
		dialog *dialog
		plan   plan.Plan
		err    error
	}
	freedMsg struct {
		dialog *dialog
		report plan.Report
		err    error
	}
	watchDoneMsg struct {
		dialog  *dialog
		rebound *plan.Rebound
		err     error
	}
	statusMsg line
)

// Init implements [tea.Model].
func (m *Model) Init() tea.Cmd {
	return tea.Batch(
		m.refresh(),
		m.waitForNotifications(),
		tea.RequestBackgroundColor,
		m.after(spinnerDelay, func(time.Time) tea.Msg { return spinnerDelayMsg{} }),
	)
}

// selectedRow returns the row that a key acts on: of the Events view the row of
// the event.
func (m *Model) selectedRow() *model.Row {
	if m.view == eventsView {
		if e := m.events.Current(); e != nil {
			return &e.Row
		}
		return nil
	}
	return m.rows.Current()
}

// Options say what the screen shows and how.
type Options struct {
	Source        sockets.Source                 // what is shown; Run closes it
	Open          func() (sockets.Source, error) // gives another, to ask about a port; nil for a recording
	Notifications notificationSource             // of closed sockets, nil for none; Run closes it
	Query         string                         // the filter to begin with
	Pin           string                         // a query for rows to pin by themselves
	All           bool                           // connections to other hosts too
	Interval      time.Duration                  // between two looks, 0 for one second
	Color         string                         // "auto", "always" or "never"
	NoMouse       bool                           // leave the mouse to the terminal
	ASCII         bool                           // signs of ASCII only
	Version       string                         // for the help page

	Theme   string              // one of Themes, empty for the first
	Columns []string            // of Columns, from left to right; nil for all
	Keys    map[string][]string // of actions, by their names in Keys; other actions keep theirs
}
