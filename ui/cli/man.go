package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	mango "github.com/muesli/mango-cobra"
	"github.com/muesli/roff"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"lotop/model"
)

// newMan makes the command that writes the manual.
func (a *app) newMan() *cobra.Command {
	man := &cobra.Command{
		Use:     "man",
		Short:   "write the man page",
		Example: "lotop man > ~/.local/share/man/man1/lotop.1",
		Hidden:  true,
		Args:    cobra.ArbitraryArgs, // an error of cobra's would not be told in our words
	}
	man.RunE = a.command(func(_ context.Context, args []string) (int, error) {
		if len(args) > 0 {
			return exitFailed, fmt.Errorf("man takes no arguments: to look for a socket write lotop list man %s", strings.Join(args, " "))
		}
		page, err := manPage(man.Root())
		if err != nil {
			return exitFailed, fmt.Errorf("make the man page: %w", err)
		}
		if _, err := io.WriteString(a.out, page); err != nil {
			return exitFailed, fmt.Errorf("write the man page: %w", err)
		}
		return exitYes, nil
	})
	return man
}

func manPage(root *cobra.Command) (string, error) {
	page, err := mango.NewManPage(1, root)
	if err != nil {
		return "", err
	}
	queries := "Terms stand side by side and all must hold."
	for _, t := range model.QueryHelp() {
		queries += "\n" + t.Term + " - " + t.Meaning
	}
	page.WithSection("Queries", queries)
	page.WithSection("Configuration", configHelp)
	page.WithSection("Exit codes", exitHelp)
	page.WithSection("Examples", root.Example)
	text := page.Build(roff.NewDocument())
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) {
		// mango sets two hyphens before the letter of a flag.
		text = strings.ReplaceAll(text, "--"+f.Shorthand+" --"+f.Name, "-"+f.Shorthand+" --"+f.Name)
	})
	return text, nil
}
