package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lotop/sockets/live"
	"lotop/ui/config"
)

// options holds the values of the flags that several commands have. The others are
// in the file of their command.
type options struct {
	json   bool
	all    bool
	color  choice
	source choice

	recording recordingOptions
}

func newOptions() *options {
	return &options{
		color:  choice{"WHEN", "auto", []string{"auto", "always", "never"}},
		source: choice{"SOURCE", string(live.Auto), []string{string(live.Auto), string(live.SockDiag), string(live.Netstat)}},
	}
}

// addColor adds the one flag, apart from --help, that acts on every command: it
// also applies to their help.
func (o *options) addColor(root *cobra.Command) {
	root.PersistentFlags().Var(&o.color, "color", "when to use color: "+o.color.list())
	o.color.complete(root, "color")
}

// addJSON adds the flag of commands that print results.
func (o *options) addJSON(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&o.json, "json", false, "output JSON")
}

// addSource adds the flag of commands that read the socket tables.
func (o *options) addSource(cmd *cobra.Command) {
	cmd.Flags().Var(&o.source, "source", "where to read sockets from: "+o.source.list())
	o.source.complete(cmd, "source")
}

// addAll adds the flag of commands that show rows.
func (o *options) addAll(cmd *cobra.Command) {
	cmd.Flags().BoolVarP(&o.all, "all", "a", false, "include connections to other machines")
}

// choice is a flag that takes one of a few words.
type choice struct {
	name    string // of the value in the help
	value   string
	allowed []string
}

// String implements pflag.Value.
func (c *choice) String() string { return c.value }

// Type implements pflag.Value.
func (c *choice) Type() string { return c.name }

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

// complete registers the allowed words for shell completion.
func (c *choice) complete(cmd *cobra.Command, flag string) {
	// It fails only for a flag that does not exist, which every run of lotop would show.
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(c.allowed, cobra.ShellCompDirectiveNoFileComp))
}

// interval is a flag that takes a refresh interval, as the configuration does.
type interval struct {
	time.Duration
	given bool // on the command line
}

// add adds the flag to a command that reads the tables repeatedly.
func (i *interval) add(cmd *cobra.Command) {
	i.Duration = time.Second
	cmd.Flags().Var(i, "interval", "set the refresh interval, at least "+config.MinInterval.String())
}

// Type implements pflag.Value.
func (i *interval) Type() string { return durationName }

// Set implements pflag.Value.
func (i *interval) Set(s string) error {
	d, err := config.ParseInterval(s)
	if err == nil {
		*i = interval{d, true}
	}
	return err
}

// text is a flag that takes any text. Its value has a name in the help.
type text struct {
	value *string
	name  string
}

// String implements pflag.Value.
func (t *text) String() string {
	if t.value == nil {
		return "" // pflag compares defaults with a zero value
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

// durationName names the value of a duration in the help.
const durationName = "DURATION"

// duration is a flag that takes a duration. The help omits a zero default.
type duration time.Duration

// String implements pflag.Value.
func (d *duration) String() string {
	if *d == 0 {
		return ""
	}
	return time.Duration(*d).String()
}

// Type implements pflag.Value.
func (d *duration) Type() string { return durationName }

// Set implements pflag.Value.
func (d *duration) Set(s string) error {
	value, err := time.ParseDuration(s)
	if err != nil {
		return errors.New("expected a duration such as 30s")
	}
	*d = duration(value)
	return nil
}
