package tui

import (
	"time"

	"charm.land/bubbles/v2/spinner"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"lotop/model"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/recording"
	"lotop/ui"
	"lotop/ui/freeing"
)

// Model is the whole screen. Only Update changes it.
type Model struct {
	worker *worker
	freer  freer
	live   bool               // the kernel of now is shown, not a recording
	player player             // of the recording, nil without one
	place  recording.Position // where the player is, as of the last look or key
	root   bool               // whether lotop may close single connections
	words  ui.Wording         // for how this system ends processes
	now    func() time.Time
	wait   func(time.Duration, func(time.Time) tea.Msg) tea.Cmd // tea.Tick
	open   func(url string) error                               // in the browser

	width, height int
	keys          keyMap
	palette       palette
	theme         theme
	colours       bool
	dark          bool
	noMouse       bool
	version       string

	view     view
	rows     table[model.Row]
	events   table[model.Event]
	query    *model.Query // the filter in force
	shape    model.ListOptions
	interval time.Duration
	paused   bool

	filter    textinput.Model
	filtering bool
	filterErr error
	typedAt   time.Time // when the filter last changed

	last    result // the newest finished one
	readErr error  // why the last look at the tables failed
	busy    bool   // a job is under way
	next    task   // what is wanted as soon as it is done
	ticks   int    // tells the newest tick from those before it
	waiting bool   // the first data takes so long that a spinner shows
	spinner spinner.Model

	pinWanted []model.Row // whose pin is to be set or taken away by the next job

	details *detailsPane // nil when closed
	dialog  *dialog      // nil when closed
	help    *helpPage    // nil when closed
	why     *whyAnswer   // about the port in question, nil without one
	asking  bool         // a question about a port is under way
	status  line         // a word about what a key did, until the next key
	drawing drawing
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

// spinnerAfter is how long the first data may take before a spinner shows: one
// that only flashes is worse than none.
const spinnerAfter = 200 * time.Millisecond

// newModel makes the screen of a source. pinQuery is nil if nothing is to be
// pinned by itself.
func newModel(o Options, query, pinQuery *model.Query, reader *process.Reader, now func() time.Time) *Model {
	m := &Model{
		worker:   newWorker(o.Source, reader, o.Notices),
		freer:    &freeing.Freer{Reader: reader, Open: o.Open},
		live:     o.Open != nil,
		now:      now,
		wait:     tea.Tick,
		open:     openURL,
		version:  o.Version,
		keys:     newKeyMap(o.Keys),
		palette:  paletteOf(o.Theme),
		colours:  o.Color != "never",
		dark:     true,
		noMouse:  o.NoMouse,
		query:    query,
		shape:    model.ListOptions{AllHosts: o.All, Match: query.Match, Order: model.Order{Column: model.ByLocal}},
		interval: o.Interval,
		spinner:  spinner.New(spinner.WithSpinner(spinner.MiniDot)),
		filter:   textinput.New(),
	}
	m.rows, m.events = newRowTable(m.clock, m.flowOf, m.pinned), newEventTable()
	m.rows.choose(o.Columns)
	m.filter.Prompt = "/ "
	m.filter.SetValue(harmless(o.Query))
	m.worker.pins.query = pinQuery
	m.load()
	m.restyle()
	return m
}

// restyle makes the theme anew; the terminal tells its background late or never.
func (m *Model) restyle() {
	m.theme = newTheme(m.palette, m.colours, m.dark)
	plainStyle := m.theme.styles[plain]
	s := m.filter.Styles()
	s.Focused.Prompt, s.Blurred.Prompt = m.theme.styles[accent], m.theme.styles[quiet]
	s.Focused.Text, s.Blurred.Text = plainStyle, plainStyle
	s.Cursor.Blink = false
	m.filter.SetStyles(s)
}

type (
	tickMsg  struct{ n int }
	lateMsg  struct{}
	endedMsg struct {
		dialog *dialog
		report freeing.Report
	}
	watchedMsg struct {
		dialog  *dialog
		retaken *freeing.Retaken
		err     error
	}
	statusMsg line
)

// Init implements [tea.Model].
func (m *Model) Init() tea.Cmd {
	return tea.Batch(
		m.refresh(),
		m.listen(),
		tea.RequestBackgroundColor,
		m.wait(spinnerAfter, func(time.Time) tea.Msg { return lateMsg{} }),
	)
}

// task is what the worker can be asked for; the greater includes the lesser.
type task uint8

const (
	nothing task = iota
	hearing
	arranging
	reading
)

// refresh reads the tables, as soon as no job is under way.
func (m *Model) refresh() tea.Cmd { return m.start(reading) }

// rearrange asks for the rows again, in the shape of this moment.
func (m *Model) rearrange() tea.Cmd { return m.start(arranging) }

func (m *Model) start(t task) tea.Cmd {
	if m.busy {
		m.next = max(m.next, t)
		return nil
	}
	m.busy, m.next = true, nothing
	if t == reading {
		m.ticks++ // a tick that is still out would only read once more
	}
	j := job{read: t == reading, shape: m.shape, events: m.view == eventsView}
	j.shape.View = m.modelView()
	if j.hear = t == hearing; !j.hear {
		j.pin, m.pinWanted = m.pinWanted, nil
	}
	if j.read {
		j.measure = m.inSight()
	}
	if m.details != nil {
		j.inspect = m.details.id
		if m.details.event != nil {
			j.known = &m.details.known.row
		}
	}
	if m.dialog != nil && m.dialog.stage == planning {
		j.free = m.dialog
	}
	return m.worker.do(j)
}

// modelView is which rows the page shows.
func (m *Model) modelView() model.View {
	switch m.view {
	case listenersView:
		return model.Listeners
	case connectionsView:
		return model.Connections
	}
	return model.AllSockets
}

// tick waits for the interval. A tick that was overtaken is ignored.
func (m *Model) tick() tea.Cmd {
	m.ticks++
	n := m.ticks
	return m.wait(m.beat(), func(time.Time) tea.Msg { return tickMsg{n} })
}

// take makes a finished job what the screen shows.
func (m *Model) take(r result) tea.Cmd {
	m.busy = false
	var tick tea.Cmd
	if r.job.read {
		m.readErr = r.err
		if m.player != nil {
			m.place = m.player.Position()
		}
		if !m.paused {
			tick = m.tick()
		}
	}
	if r.failed != "" {
		m.status = styled(danger, "✗ "+harmless(r.failed))
	}
	var told tea.Cmd
	if r.err == nil && !r.job.hear {
		m.show(r)
		told = tea.Batch(m.announce(r.news), m.askWhy())
	}
	if m.next != nothing {
		return tea.Batch(tick, told, m.start(m.next))
	}
	if r.job.hear {
		return m.catchUp(r)
	}
	return tea.Batch(tick, told)
}

func (m *Model) show(r result) {
	m.last = r
	m.rows.setRows(r.rows, r.job.read)
	if r.job.events {
		// Whoever reads the details of an event wants to stay with it.
		m.events.follows = m.details == nil
		m.events.setRows(r.events, false) // what has happened does not change
	}
	if m.details != nil {
		m.details.take(r)
	}
	if r.job.free == m.dialog {
		m.takePlan(r.plan)
	}
}

// selectedRow returns the row that a key acts on: of the Events view the row of
// the event.
func (m *Model) selectedRow() *model.Row {
	if m.view == eventsView {
		if e := m.events.current(); e != nil {
			return &e.Row
		}
		return nil
	}
	return m.rows.current()
}

// Options say what the screen shows and how.
type Options struct {
	Source   sockets.Source                 // what is shown; Run closes it
	Open     func() (sockets.Source, error) // gives another, to ask about a port; nil for a recording
	Notices  notices                        // of closed sockets, nil for none; Run closes it
	Query    string                         // the filter to begin with
	Pin      string                         // a query for rows to pin by themselves
	All      bool                           // connections to other hosts too
	Interval time.Duration                  // between two looks, 0 for one second
	Color    string                         // "auto", "always" or "never"
	NoMouse  bool                           // leave the mouse to the terminal
	Version  string                         // for the help page

	Theme   string              // one of Themes, empty for the first
	Columns []string            // of Columns, from left to right; nil for all
	Keys    map[string][]string // of actions, by their names in Keys; other actions keep theirs
}
