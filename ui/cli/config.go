package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lotop/ui/config"
	"lotop/ui/tui"
)

// newConfig makes the command that writes the configuration.
func (a *app) newConfig(o *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "write the configuration in force, as a file with comments",
		Long: "config writes what the configuration file and the flags make of the screen: its interval, theme, columns and keys. " +
			"Saved as that file it keeps everything as it is. The file is lotop/config.toml below $XDG_CONFIG_HOME, " +
			"or where the system keeps such files; the first lines say where that is.",
		Example: `# what there is to configure, and where
lotop config
# a file to begin with
lotop config --theme dark > lotop.toml`,
		Args:              cobra.ArbitraryArgs, // an error of cobra's would not be told in our words
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.command(func(_ context.Context, args []string) (int, error) {
			if len(args) > 0 {
				words := strings.Join(args, " ")
				return exitFailed, fmt.Errorf("config takes no arguments: to look for a socket write lotop list config %s", words)
			}
			c, err := a.settings(o)
			if err != nil {
				return exitFailed, err
			}
			if _, err := io.WriteString(a.out, c.Text(a.configFile())); err != nil {
				return exitFailed, fmt.Errorf("write the configuration: %w", err)
			}
			return exitYes, nil
		}),
	}
	o.addTheme(cmd)
	return cmd
}

// settings are what the file says of the screen, where no flag says otherwise.
func (a *app) settings(o *options) (config.Config, error) {
	c, err := config.Load(a.configFile())
	if err != nil {
		return c, err
	}
	if o.common.Changed("interval") {
		c.Interval = time.Duration(o.interval)
	}
	if o.theme.value != "" {
		c.Theme = o.theme.value
	}
	return c, nil
}

// addTheme adds the flag for the colours of the screen.
func (o *options) addTheme(cmd *cobra.Command) {
	cmd.Flags().Var(&o.theme, "theme", "the colours of the screen: "+o.theme.words())
	o.theme.complete(cmd, "theme")
}

func themeNames() []string {
	var names []string
	for _, t := range tui.Themes() {
		names = append(names, t.Name)
	}
	return names
}

// configHelp is what the man page says about the file.
const configHelp = `lotop config writes the configuration in force, with comments: saved as the file it is the file.
$XDG_CONFIG_HOME/lotop/config.toml, by default ~/.config/lotop/config.toml
~/Library/Application Support/lotop/config.toml, on macOS without XDG_CONFIG_HOME
AppData/Roaming/lotop/config.toml, on Windows without XDG_CONFIG_HOME`
