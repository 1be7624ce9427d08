package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"lotop/model"
	"lotop/sockets"
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
		source:   choice{string(sockets.Auto), []string{string(sockets.Auto), string(sockets.Diag), string(sockets.Netstat)}},
		theme:    choice{"", themeNames()},
		sort:     choice{model.ByLocal.String(), model.ColumnNames()},
	}
}

// addCommon adds the flags that every command takes.
func (o *options) addCommon(cmd *cobra.Command) {
	f := cmd.PersistentFlags()
	o.common = f
	f.BoolVar(&o.json, "json", false, "write JSON, one object for each socket")
	f.BoolVarP(&o.all, "all", "a", false, "connections to other machines too")
	f.Var(&o.interval, "interval", "how often to look, at least "+config.LeastInterval.String())
	f.Var(&o.color, "color", "when to use colours: "+o.color.words())
	f.Var(&o.source, "source", "how to read the tables: "+o.source.words())
	o.color.complete(cmd, "color")
	o.source.complete(cmd, "source")
}

// addScreen adds the flags of the screen.
func (o *options) addScreen(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.pin, "pin", "", "keep the rows that match this `QUERY` on top, ring the bell when they change")
	cmd.Flags().BoolVar(&o.noMouse, "no-mouse", false, "leave the mouse to the terminal")
	o.addTheme(cmd)
}

// addList adds the flags of list.
func (o *options) addList(cmd *cobra.Command) {
	f := cmd.Flags()
	f.Var(&o.sort, "sort", "the column to order by: "+o.sort.words())
	f.BoolVar(&o.reverse, "reverse", false, "order the other way round")
	f.BoolVar(&o.unfold, "unfold", false, "both ends of a loopback connection as rows of their own")
	o.sort.complete(cmd, "sort")
}

// choice is a flag that takes one of a few words.
type choice struct {
	value string
	known []string
}

// String implements pflag.Value.
func (c *choice) String() string { return c.value }

// Type implements pflag.Value.
func (c *choice) Type() string { return strings.Join(c.known, "|") }

// Set implements pflag.Value.
func (c *choice) Set(s string) error {
	word := strings.ToLower(s)
	if !slices.Contains(c.known, word) {
		return fmt.Errorf("it is one of %s", c.words())
	}
	c.value = word
	return nil
}

func (c *choice) words() string { return strings.Join(c.known, ", ") }

// complete lets the shell offer the words.
func (c *choice) complete(cmd *cobra.Command, flag string) {
	// It fails for a flag that does not exist, which every run of lotop would show.
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(c.known, cobra.ShellCompDirectiveNoFileComp))
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
