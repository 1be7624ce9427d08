// Package cli has the commands of lotop: their flags, their output and their exit
// codes.
//
// Results go to standard output, messages to standard error. Text from outside,
// such as names of processes, is printed in its safe form.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/charmbracelet/x/term"

	"lotop/sockets"
	"lotop/sockets/access"
	"lotop/sockets/live"
	"lotop/sockets/process"
	"lotop/ui/config"
	"lotop/ui/style"
	"lotop/ui/tui"
)

// Run runs a command line, without the name of the program, and returns the exit
// code.
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

		processes: process.NewReader(""),
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

// app is what the commands share: their outputs and their environment.
type app struct {
	out, err io.Writer
	getenv   func(string) string
	terminal terminal
	open     func(live.Options) (sockets.Source, error)
	screen   func(tui.Options) error
	access   func() []access.Answer

	processes detailsReader // nil to ask for no details

	configFile func() string // returns the path of the configuration, empty if there is none
	ascii      bool          // signs of ASCII only
	code       int
	stopper    stopper
}

// terminal describes the terminal, if there is one.
type terminal struct {
	in, out, err bool // whether standard input, output and error are terminals
	width        int  // of the output, in cells; 0 if unknown
	errWidth     int  // of standard error
}

func detectTerminal() terminal {
	t := terminal{in: term.IsTerminal(os.Stdin.Fd()), out: term.IsTerminal(os.Stdout.Fd())}
	if t.out {
		t.width, _, _ = term.GetSize(os.Stdout.Fd()) // 0 if the terminal does not report it
	}
	if t.err = term.IsTerminal(os.Stderr.Fd()); t.err {
		t.errWidth, _, _ = term.GetSize(os.Stderr.Fd())
	}
	return t
}

// isDumb reports whether the terminal cannot move its cursor.
func (a *app) isDumb() bool { return a.getenv("TERM") == "dumb" }

// normalizeNoColor makes any value of NO_COLOR disable color, as no-color.org
// specifies. The libraries of the interactive view accept only true and 1.
func normalizeNoColor() {
	if os.Getenv("NO_COLOR") != "" {
		_ = os.Setenv("NO_COLOR", "1") // fails for malformed names only
	}
}

// run runs a command line.
func (a *app) run(ctx context.Context, args []string) int {
	root := a.newRoot(args)
	a.ascii = !style.UTF8(a.getenv, runtime.GOOS, a.terminal.out) // unless --ascii says otherwise
	if err := root.ExecuteContext(ctx); err != nil {
		a.setExit(exitFailed, err)
	}
	return a.code
}

// warn writes a message to standard error.
func (a *app) warn(format string, args ...any) {
	a.writeErr("lotop: " + fmt.Sprintf(format, args...) + "\n")
}

// writeErr writes to standard error. There is no way to report that it failed.
func (a *app) writeErr(s string) {
	if a.ascii {
		s = style.ASCII(s)
	}
	_, _ = io.WriteString(a.err, s)
}

// openLive opens the source that --source selects, for some ports or for all.
func (a *app) openLive(o *options, ports []sockets.PortRange) (sockets.Source, error) {
	source, err := a.open(live.Options{Kind: live.Kind(o.source.value), Ports: ports})
	if err != nil && !errors.Is(err, sockets.ErrUnsupported) {
		return nil, fmt.Errorf("open the socket tables: %w", err)
	}
	return source, err
}
