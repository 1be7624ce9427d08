package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// newMan returns the command that prints the man page.
func (a *app) newMan() *cobra.Command {
	man := &cobra.Command{
		Use:     "man",
		Short:   "print the man page",
		Example: "lotop man > ~/.local/share/man/man1/lotop.1",
		Args:    cobra.ArbitraryArgs,
	}
	man.RunE = a.commandWithoutArgs(func() (int, error) {
		if _, err := io.WriteString(a.out, manPage(man.Root(), thisBuild())); err != nil {
			return exitFailed, fmt.Errorf("write the man page: %w", err)
		}
		return exitOK, nil
	})
	return man
}
