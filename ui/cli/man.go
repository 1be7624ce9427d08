package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// newMan returns the command that prints the man page.
func (a *app) newMan() *cobra.Command {
	man := &cobra.Command{
		Use:     "man",
		Short:   "print the man page",
		Example: "lotop man > ~/.local/share/man/man1/lotop.1",
		Args:    cobra.ArbitraryArgs, // RunE reports them in our wording
	}
	man.RunE = a.command(func(_ context.Context, args []string) (int, error) {
		if len(args) > 0 {
			return exitFailed, fmt.Errorf("man takes no arguments; to search for sockets run lotop list man %s", strings.Join(args, " "))
		}
		if _, err := io.WriteString(a.out, manPage(man.Root(), thisBuild())); err != nil {
			return exitFailed, fmt.Errorf("write the man page: %w", err)
		}
		return exitOK, nil
	})
	return man
}
