package cli

import (
	"context"
	"image/color"
	"io"
	"os"
	"slices"

	"charm.land/fang/v2"
	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"
)

// execute runs the tree, with fang for the looks of its help. A dumb terminal
// gets the plain help.
func (a *app) execute(ctx context.Context, root *cobra.Command, args []string) error {
	if a.terminal.out && a.isDumb() {
		root.SilenceErrors, root.SilenceUsage = true, true
		root.Version = thisBuild().String()
		return root.ExecuteContext(ctx)
	}
	if asksForHelp(args) {
		defer withoutStdin()()
	}
	silent := func(io.Writer, fang.Styles, error) {} // a.run tells errors
	return fang.Execute(ctx, root,
		fang.WithVersion(thisBuild().String()),
		fang.WithoutManpage(), // ours also works on a dumb terminal
		fang.WithColorSchemeFunc(helpColors),
		fang.WithErrorHandler(silent),
	)
}

// helpColors are the terminal's own, and its own text colour for most, so that
// they fit any background.
func helpColors(lipgloss.LightDarkFunc) fang.ColorScheme {
	return fang.AnsiColorScheme(func(_, _ color.Color) color.Color { return lipgloss.NoColor{} })
}

// asksForHelp tells whether the command line ends in a help text.
func asksForHelp(args []string) bool {
	if i := slices.Index(args, "--"); i >= 0 {
		args = args[:i]
	}
	return slices.Contains(args, "--help") || slices.Contains(args, "-h") ||
		len(args) > 0 && (args[0] == "help" || args[0] == "completion")
}

// withoutStdin keeps fang from asking the terminal for its background colour,
// which it does whether the colours depend on it or not: the question swallows
// what was typed ahead, and a terminal that does not answer holds up the help
// for four seconds. The function it returns undoes it.
func withoutStdin() func() {
	stdin := os.Stdin
	null, err := os.Open(os.DevNull)
	if err != nil {
		return func() {} // then the help takes its time
	}
	os.Stdin = null
	return func() {
		os.Stdin = stdin
		_ = null.Close() // nothing was read from it
	}
}
