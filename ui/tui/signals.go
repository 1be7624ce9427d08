package tui

import (
	"errors"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/term"

	"lotop/ui/signals"
)

// quitWithin is how long the screen may take to quit after a signal. A terminal that
// accepts no output would block it forever.
const quitWithin = 2 * time.Second

// signalHandler runs the screen, quits it on a signal, and suspends it.
type signalHandler struct {
	stops    chan os.Signal // SIGTSTP from outside
	gone     chan struct{}  // closed when the terminal was closed
	quitting chan struct{}  // closed at the first signal that stops lotop

	goneOnce  sync.Once
	mu        sync.Mutex
	quits     bool // quitting is closed
	suspended bool // the terminal belongs to the shell
}

func newSignalHandler() *signalHandler {
	return &signalHandler{stops: make(chan os.Signal, 1), gone: make(chan struct{}), quitting: make(chan struct{})}
}

// run runs the program until it quits or a signal stops it; the error is then a
// [signals.Stopped]. Bubble Tea's own handler ignores signals while it is suspended,
// and handles only two.
func (h *signalHandler) run(m tea.Model, options ...tea.ProgramOption) error {
	before, _ := term.GetState(os.Stdin.Fd()) // nil if it is not a terminal
	quit := make(chan os.Signal, 1)
	signals.Notify(quit)
	defer signal.Stop(quit)
	h.notifyStops()
	defer signal.Stop(h.stops)
	p := tea.NewProgram(m, append(options, tea.WithoutSignalHandler(), tea.WithOutput(&output{os.Stdout, h}))...)
	go h.watchTerminal()
	done := make(chan error, 1)
	go func() {
		_, err := p.Run()
		done <- err
	}()
	for {
		select {
		case err := <-done:
			if errors.Is(err, syscall.EIO) { // it can come before SIGHUP
				return &signals.Stopped{Signal: syscall.SIGHUP}
			}
			return err
		case <-h.stops:
			go p.Send(stopMsg{})
		case <-h.gone:
			return &signals.Stopped{Signal: syscall.SIGHUP}
		case s := <-quit:
			if h.quit() {
				go p.Send(tea.QuitMsg{})
				select {
				case <-done:
				case <-quit:
					restore(before)
				case <-time.After(quitWithin):
					restore(before)
				}
			}
			return signals.By(s)
		}
	}
}

// restore resets the modes of a terminal that accepts no output.
func restore(before *term.State) {
	if before != nil {
		_ = term.Restore(os.Stdin.Fd(), before) // there is nowhere to report an error
	}
}

// quit records that lotop quits, and reports whether the terminal has to be
// restored: while lotop is suspended it belongs to the shell already.
func (h *signalHandler) quit() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.quits = true
	close(h.quitting)
	return !h.suspended
}

// setSuspended records whether the terminal belongs to the shell. It returns false,
// and changes nothing, if lotop quits.
func (h *signalHandler) setSuspended(suspended bool) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.quits {
		h.suspended = suspended
	}
	return !h.quits
}

// lost records that the terminal was closed.
func (h *signalHandler) lost() { h.goneOnce.Do(func() { close(h.gone) }) }

// output is the terminal. Bubble Tea drops the errors of writes.
type output struct {
	*os.File
	handler *signalHandler
}

func (o *output) Write(b []byte) (int, error) {
	n, err := o.File.Write(b)
	if errors.Is(err, syscall.EIO) {
		o.handler.lost()
	}
	return n, err
}

// stopMsg is sent when another process sends SIGTSTP.
type stopMsg struct{}

// suspend returns the message that suspends lotop, or a status with the reason if no
// shell would continue it: it would be stopped forever.
func (h *signalHandler) suspend(group bool) tea.Msg {
	if why := cannotSuspend(); why != "" {
		return statusMsg(styled(warning, "cannot suspend: "+why))
	}
	return tea.Exec(&suspension{handler: h, group: group}, func(err error) tea.Msg {
		if err != nil {
			h.lost()
		}
		return nil
	})()
}

// suspension is the command that Bubble Tea runs after it has restored the terminal.
type suspension struct {
	handler *signalHandler
	group   bool // stop the whole process group, as a terminal does on ctrl+z
}

func (s *suspension) SetStdin(io.Reader)  {}
func (s *suspension) SetStdout(io.Writer) {}
func (s *suspension) SetStderr(io.Writer) {}

// Run implements [tea.ExecCommand]. It returns when lotop is in the foreground
// again, and never after a signal that stops lotop, so that Bubble Tea does not draw
// on a terminal that belongs to the shell.
func (s *suspension) Run() error {
	if !s.handler.setSuspended(true) {
		return nil
	}
	s.handler.awaitForeground(s.group)
	if !s.handler.setSuspended(false) {
		select {}
	}
	return nil
}
