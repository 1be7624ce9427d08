package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// newMan makes the command that writes the manual.
func (a *app) newMan() *cobra.Command {
	man := &cobra.Command{
		Use:     "man",
		Short:   "print the man page",
		Example: "lotop man > ~/.local/share/man/man1/lotop.1",
		Args:    cobra.ArbitraryArgs, // an error of cobra's would not be told in our words
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
