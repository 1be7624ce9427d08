package tui

import (
	"time"

	"charm.land/bubbles/v2/spinner"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"lotop/model"
	"lotop/model/eventlist"
	"lotop/model/plan"
	"lotop/model/portlist"
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

// Model is the state of the whole screen. Only Update changes it.
type Model struct {
	worker      *worker
	ports       portService
	live        bool               // the running kernel is shown, not a recording
	player      player             // of the replay, nil without one
	position    recording.Position // of the player, at the last read or key
	root        bool               // whether lotop may close single connections
	sudoHelps   func() bool        // whether sudo allows to stop what this user may not
	wording     ui.Wording         // for how this system stops processes
	now         func() time.Time
	after       func(time.Duration, func(time.Time) tea.Msg) tea.Cmd // tea.Tick, except in tests
	openBrowser func(url string) error                               // opens a URL in the browser

	signals *signalHandler
	suspend func(group bool) tea.Msg // stops lotop until the shell continues it

	width, height int
	keys          keymap.Map
	appearance    appearance
	theme         style.Theme // of the appearance
	noMouse       bool
	ascii         bool
	version       string

	view     view
	portRows table.Table[portlist.Row]
	rows     table.Table[model.Row]
	events   table.Table[eventlist.Row]
	query    *query.Query // the filter in effect
	matched  query.Marks  // of the query, for the cells
	shape    track.ListOptions
	fold     fold // of the Ports view
	interval time.Duration
	paused   bool

	filter       textinput.Model
	filtering    bool
	filterErr    error
	problemShown bool      // filterErr is shown: typing has paused
	typedAt      time.Time // when the filter last changed
	history      filterHistory
	suggested    string // what would complete the filter, empty for nothing

	latest      arrangement       // what is shown
	readErr     error             // why the last read of the tables failed
	busy        bool              // the worker has a request
	pending     task              // the next request, sent when it is done
	listID      int               // counts the changes of filter, view and order
	heldKeys    []tea.KeyPressMsg // wait for the rows that they mean
	tickID      int               // identifies the newest tick; older ones are ignored
	showSpinner bool              // the first read takes longer than spinnerDelay
	spinner     spinner.Model

	pinRequests []model.Row // to pin or unpin with the next request
	marks       marks

	details    *detailsPane     // nil when closed
	beside     bool             // details open by themselves where there is room beside the table
	wholeWhy   bool             // details show the whole answer of why
	selectedAt time.Time        // when the details last followed the selection to another row
	dialog     *dialog          // nil when closed
	help       *helpPage        // nil when closed
	diagnosis  *diagnosisResult // of the wanted port, nil without one
	diagnosing bool             // a diagnosis is running
	testDue    bool             // a typingPausedMsg is on its way
	status     line             // the result of the last key
	drawing    drawing
}

// view is one of the pages that tab switches between.
type view uint8

const (
	portsView view = iota
	connectionsView
	socketsView
	eventsView
	numViews
)

var viewNames = [numViews]string{"Ports", "Connections", "Sockets", "Events"}

// intervals are the refresh intervals that + and - step through.
var intervals = []time.Duration{
	100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute,
}

// spinnerDelay is how long the first read may take before a spinner shows: one that
// only flashes is worse than none.
const spinnerDelay = 200 * time.Millisecond

// newModel returns the screen of a source. pinQuery selects rows to pin from the
// start, nil for none.
func newModel(o Options, query, pinQuery *query.Query, reader *process.Reader, now func() time.Time) *Model {
	m := &Model{
		worker:      newWorker(o.Source, reader, o.Notifications),
		ports:       &ports.Service{Reader: reader, Open: o.Open},
		live:        o.Open != nil,
		now:         now,
		after:       tea.Tick,
		openBrowser: openURL,
		sudoHelps:   sudoAllowsSignals,
		signals:     newSignalHandler(),
		version:     o.Version,
		keys:        keymap.New(o.Keys),
		appearance:  newAppearance(o),
		noMouse:     o.NoMouse,
		ascii:       o.ASCII,
		query:       query,
		matched:     query.Marks(),
		shape:       track.ListOptions{AllHosts: o.All},
		interval:    o.Interval,
		beside:      true,
		spinner:     spinner.New(spinner.WithSpinner(spinner.MiniDot)),
		filter:      newFilterBox(),
	}
	m.suspend = m.signals.suspend
	m.begin(o.Shown)
	m.portRows, m.rows, m.events = m.newPortTable(), newRowTable(m.refTime, m.flowOf, m.pinClosedAt), newEventTable()
	m.portRows.Marked = m.isMarkedPort
	m.rows.Marked = func(r *model.Row) bool { return m.marks.has(rowKeys(r)) }
	m.rows.SelectColumns(o.Columns)
	m.portRows.Highlight, m.rows.Highlight, m.events.Highlight = m.highlight, m.highlight, m.highlight
	m.filter.SetValue(printable(o.Query))
	m.history.add(m.filter.Value())
	m.worker.pins.query = pinQuery
	m.detectPlayer()
	m.rebuildTheme()
	return m
}

type (
	tickMsg         struct{ n int }
	spinnerDelayMsg struct{}
	planMsg         struct {
		dialog *dialog
		plans  []planned // of each job
	}
	freedMsg struct {
		dialog  *dialog
		results []freed // of each job
		sudo    bool    // as in a dialog
	}
	watchDoneMsg struct {
		dialog  *dialog
		job     *job
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

// selectedRow returns the row that a key acts on; in the Events view the row of the
// event.
func (m *Model) selectedRow() *model.Row {
	switch m.view {
	case portsView:
		if r := m.portRows.Current(); r != nil && r.Kind != portlist.Heading {
			return &r.Row
		}
		return nil
	case eventsView:
		if e := m.events.Current(); e != nil {
			return &e.Event.Row
		}
		return nil
	}
	return m.rows.Current()
}

// Options are the options of Run.
type Options struct {
	Source        sockets.Source                 // Run closes it
	Open          func() (sockets.Source, error) // opens another one, to diagnose a port; nil for a replay
	Notifications notificationSource             // destroy notifications, nil for none; Run closes it
	Query         string                         // the initial filter
	Pin           string                         // selects rows to pin from the start
	All           bool                           // include connections to other hosts
	Interval      time.Duration                  // between two refreshes, 0 for one second
	Color         string                         // "auto", "always" or "never"
	NoMouse       bool                           // do not capture the mouse
	ASCII         bool                           // signs of ASCII only
	Version       string                         // for the help page

	Shown   Shown               // what to begin with
	Left    func(Shown)         // called with what was shown at the end; nil for nothing
	Theme   string              // one of style.Themes, empty for the first
	Colors  map[string]string   // by the names of roles, over those of the theme
	Columns []string            // of Columns, from left to right; nil for all
	Keys    map[string][]string // by the names of actions; other actions keep their keys
}
