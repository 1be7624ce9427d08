// Package cli is the scripted face of lotop: the commands, their flags, what
// they print and with which code they end.
//
// It knows how rows are written as text and as JSON. It knows nothing of how
// they are read, and of the screen only how to start it. Data goes to standard
// output and words about it to standard error; whatever came from outside is
// written in its clean form.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/charmbracelet/x/term"

	"lotop/sockets"
	"lotop/sockets/access"
	"lotop/sockets/live"
	"lotop/sockets/process"
	"lotop/ui/config"
	"lotop/ui/tui"
)

// Run carries out a command line, without the program's name, and returns the
// code to exit with.
func Run(args []string) int {
	if code, ok := process.RunHelper(args); ok {
		return code
	}
	a := &app{
		out: os.Stdout, err: os.Stderr, getenv: os.Getenv,
		terminal: detectTerminal(),
		open:     live.Open,
		screen:   tui.Run,
		access:   access.New("").All,
	}
	a.configFile = func() string { return config.Path(a.getenv) }
	normalizeNoColor()
	enableColor()
	if err := enoughFiles(); err != nil {
		a.setExit(exitFailed, err)
		return a.code
	}
	return a.run(context.Background(), args)
}

// app is what the commands share: where they write to and what they ask.
type app struct {
	out, err io.Writer
	getenv   func(string) string
	terminal terminal
	open     func(live.Options) (sockets.Source, error)
	screen   func(tui.Options) error
	access   func() []access.Answer

	configFile func() string // where the configuration is, empty for nowhere
	code       int
	stopper    stopper
}

// terminal is what is known of the terminal, if there is one.
type terminal struct {
	in, out, err bool // whether standard input, output and error are terminals
	width        int  // of the output, in cells; 0 unknown
	errWidth     int  // of standard error
}

func detectTerminal() terminal {
	t := terminal{in: term.IsTerminal(os.Stdin.Fd()), out: term.IsTerminal(os.Stdout.Fd())}
	if t.out {
		t.width, _, _ = term.GetSize(os.Stdout.Fd()) // some terminals do not know
	}
	if t.err = term.IsTerminal(os.Stderr.Fd()); t.err {
		t.errWidth, _, _ = term.GetSize(os.Stderr.Fd())
	}
	return t
}

// isDumb tells that the terminal cannot move its cursor.
func (a *app) isDumb() bool { return a.getenv("TERM") == "dumb" }

// normalizeNoColor lets any value of NO_COLOR mean yes, as no-color.org has it. The
// libraries behind the help and the screen only know true and 1.
func normalizeNoColor() {
	if os.Getenv("NO_COLOR") != "" {
		_ = os.Setenv("NO_COLOR", "1") // fails for malformed names only
	}
}

// run carries out a command line.
func (a *app) run(ctx context.Context, args []string) int {
	if err := a.newRoot(args).ExecuteContext(ctx); err != nil {
		a.setExit(exitFailed, err)
	}
	return a.code
}

// warn writes one line about what goes on, which is no data.
func (a *app) warn(format string, args ...any) {
	a.writeErr("lotop: " + fmt.Sprintf(format, args...) + "\n")
}

// writeErr writes to standard error. There is nowhere to tell that it failed.
func (a *app) writeErr(s string) { _, _ = io.WriteString(a.err, s) }

// openLive opens the source that --source names, for some ports or for all.
func (a *app) openLive(o *options, ports []sockets.PortRange) (sockets.Source, error) {
	source, err := a.open(live.Options{Kind: live.Kind(o.source.value), Ports: ports})
	if err != nil && !errors.Is(err, sockets.ErrUnsupported) {
		return nil, fmt.Errorf("open the socket tables: %w", err)
	}
	return source, err
}
