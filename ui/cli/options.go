package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"lotop/model"
	"lotop/sockets/live"
	"lotop/ui/config"
)

// options is what the flags of all commands say.
type options struct {
	json     bool
	all      bool
	interval interval
	color    choice
	source   choice

	recording recordingOptions
	common    *pflag.FlagSet // those of every command

	noMouse bool // the screen
	pin     string
	theme   choice // empty for that of the configuration

	sort    choice // list
	reverse bool
	unfold  bool
}

func newOptions() *options {
	return &options{
		interval: interval(time.Second),
		color:    choice{"auto", []string{"auto", "always", "never"}},
		source:   choice{string(live.Auto), []string{string(live.Auto), string(live.SockDiag), string(live.Netstat)}},
		theme:    choice{"", themeNames()},
		sort:     choice{model.ByLocal.String(), model.ColumnNames()},
	}
}

// addCommon adds the flags that every command takes.
func (o *options) addCommon(cmd *cobra.Command) {
	f := cmd.PersistentFlags()
	o.common = f
	f.BoolVar(&o.json, "json", false, "output JSON")
	f.BoolVarP(&o.all, "all", "a", false, "include connections to other machines")
	f.Var(&o.interval, "interval", "set the refresh interval, at least "+config.MinInterval.String())
	f.Var(&o.color, "color", "when to use color: "+o.color.list())
	f.Var(&o.source, "source", "where to read sockets from: "+o.source.list())
	o.color.complete(cmd, "color")
	o.source.complete(cmd, "source")
}

// addScreen adds the flags of the screen.
func (o *options) addScreen(cmd *cobra.Command) {
	cmd.Flags().Var(&text{&o.pin, "QUERY"}, "pin", "pin rows that match QUERY to the top and ring the bell when they change")
	cmd.Flags().BoolVar(&o.noMouse, "no-mouse", false, "do not capture the mouse")
	o.addTheme(cmd)
}

// addList adds the flags of list.
func (o *options) addList(cmd *cobra.Command) {
	f := cmd.Flags()
	f.Var(&o.sort, "sort", "sort by column: "+o.sort.list())
	f.BoolVar(&o.reverse, "reverse", false, "reverse the sort order")
	f.BoolVar(&o.unfold, "unfold", false, "show both ends of a loopback connection as separate rows")
	o.sort.complete(cmd, "sort")
}

// choice is a flag that takes one of a few words.
type choice struct {
	value   string
	allowed []string
}

// String implements pflag.Value.
func (c *choice) String() string { return c.value }

// Type implements pflag.Value.
func (c *choice) Type() string { return strings.Join(c.allowed, "|") }

// Set implements pflag.Value.
func (c *choice) Set(s string) error {
	word := strings.ToLower(s)
	if !slices.Contains(c.allowed, word) {
		return fmt.Errorf("must be one of: %s", c.list())
	}
	c.value = word
	return nil
}

func (c *choice) list() string { return strings.Join(c.allowed, ", ") }

// complete lets the shell offer the words.
func (c *choice) complete(cmd *cobra.Command, flag string) {
	// It fails for a flag that does not exist, which every run of lotop would show.
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(c.allowed, cobra.ShellCompDirectiveNoFileComp))
}

// interval is a flag that takes a duration, as the configuration does.
type interval time.Duration

// String implements pflag.Value.
func (i *interval) String() string { return time.Duration(*i).String() }

// Type implements pflag.Value.
func (i *interval) Type() string { return "duration" }

// Set implements pflag.Value.
func (i *interval) Set(s string) error {
	d, err := config.ParseInterval(s)
	if err == nil {
		*i = interval(d)
	}
	return err
}

// text is a flag that takes any text. Its value has a name in the help, which
// pflag otherwise takes from backquotes in the usage; fang prints those.
type text struct {
	value *string
	name  string
}

// String implements pflag.Value.
func (t *text) String() string {
	if t.value == nil {
		return "" // pflag makes an empty one to compare with
	}
	return *t.value
}

// Type implements pflag.Value.
func (t *text) Type() string { return t.name }

// Set implements pflag.Value.
func (t *text) Set(s string) error {
	*t.value = s
	return nil
}

// duration is a flag that takes a duration. A zero default is not printed in
// the help.
type duration time.Duration

// String implements pflag.Value.
func (d *duration) String() string {
	if *d == 0 {
		return ""
	}
	return time.Duration(*d).String()
}

// Type implements pflag.Value.
func (d *duration) Type() string { return "duration" }

// Set implements pflag.Value.
func (d *duration) Set(s string) error {
	value, err := time.ParseDuration(s)
	if err != nil {
		return errors.New("expected a duration such as 30s")
	}
	*d = duration(value)
	return nil
}
