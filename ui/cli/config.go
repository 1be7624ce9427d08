package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"lotop/ui/config"
	"lotop/ui/style"
)

// settingOptions holds the values of the flags that override the configuration file.
type settingOptions struct {
	interval interval
	theme    choice // empty for that of the file
}

func newSettingOptions() settingOptions {
	return settingOptions{theme: choice{"NAME", "", themeNames()}}
}

func (s *settingOptions) add(cmd *cobra.Command) {
	s.interval.add(cmd)
	cmd.Flags().Var(&s.theme, "theme", "color theme: "+s.theme.list())
	s.theme.complete(cmd, "theme")
}

// newConfig returns the command that prints the configuration.
func (a *app) newConfig() *cobra.Command {
	settings := newSettingOptions()
	cmd := &cobra.Command{
		Use:   "config",
		Short: "print the effective configuration as a commented file",
		Long: "config prints the effective settings of the interactive view: interval, theme, columns, colors and keys. " +
			"Save the output as the configuration file to keep them. The file is $XDG_CONFIG_HOME/lotop/config.toml " +
			"or the equivalent on your system; the first lines of the output show its path.",
		Example: `# print all settings and the path of the file
lotop config
# create a starting point
lotop config --theme dark > lotop.toml`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.commandWithoutArgs(func() (int, error) {
			c, err := a.loadConfig(&settings)
			if err != nil {
				return exitFailed, err
			}
			if _, err := io.WriteString(a.out, c.Text(a.configFile())); err != nil {
				return exitFailed, fmt.Errorf("write the configuration: %w", err)
			}
			return exitOK, nil
		}),
	}
	settings.add(cmd)
	return cmd
}

// loadConfig reads the configuration file and applies the flags, which override it.
func (a *app) loadConfig(s *settingOptions) (config.Config, error) {
	c, err := config.Load(a.configFile())
	if err != nil {
		return c, err
	}
	if s.interval.given {
		c.Interval = s.interval.Duration
	}
	if s.theme.value != "" {
		c.Theme = s.theme.value
	}
	return c, nil
}

func themeNames() []string {
	var names []string
	for _, t := range style.Themes() {
		names = append(names, t.Name)
	}
	return names
}

// configHelp is the section about the configuration file in the man page.
const configHelp = `lotop config prints the effective configuration, with comments; save it as one of:
$XDG_CONFIG_HOME/lotop/config.toml, by default ~/.config/lotop/config.toml
~/Library/Application Support/lotop/config.toml, on macOS without XDG_CONFIG_HOME
AppData/Roaming/lotop/config.toml, on Windows without XDG_CONFIG_HOME`
