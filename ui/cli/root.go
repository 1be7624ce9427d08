package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// newRoot returns the command tree. Its errors quote args, with which it will be
// run.
func (a *app) newRoot(args []string) *cobra.Command {
	o, screen := newOptions(), newScreenOptions()
	root := &cobra.Command{
		Use:   "lotop [QUERY]",
		Short: "show sockets on this machine and the processes that own them",
		Long: "lotop shows listeners and loopback connections on this machine and the process that owns each. " +
			"Without a terminal it prints the table once, like lotop list.",
		Example: `# interactive view, filtered to port 3000
lotop :3000
# sockets exposed to other machines
lotop list reach:network
# PIDs of all listeners, for scripts
lotop list --json state:listen | jq '.[].owners[]?.pid'`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: a.completeQuery(o),
	}
	root.RunE = a.command(func(ctx context.Context, args []string) (int, error) {
		if root.ArgsLenAtDash() < 0 {
			if err := checkCommandName(args); err != nil {
				return exitFailed, err
			}
		}
		if a.wantsScreen(o) {
			return a.runScreen(o, screen, args)
		}
		l := newListOptions()
		if o.json {
			l.output.format.value = formatJSON
		}
		return a.list(ctx, o, l, args)
	})
	o.addColor(root)
	root.PersistentFlags().BoolVar(&a.ascii, "ascii", false, "use ASCII signs; the default where the locale is not UTF-8")
	screen.add(a, o, root)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		a.setExit(exitFailed, usageError(cmd, args, err))
		return nil
	})
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetArgs(append([]string{}, args...)) // cobra takes nil for the arguments of the process
	a.addCommands(root, o)
	root.SilenceErrors, root.SilenceUsage = true, true // a.run prints errors
	root.Version = thisBuild().String()
	a.addHelp(root, o)
	return root
}

// addCommands adds the commands to root, and to all the flags that they share.
func (a *app) addCommands(root *cobra.Command, o *options) {
	list, ports, watch := a.newList(o), a.newPorts(o), a.newWatch(o)
	why, free, wait, doctor := a.newWhy(o), a.newFree(o), a.newWait(o), a.newDoctor(o)
	o.addJSON(doctor)
	for _, cmd := range []*cobra.Command{root, list, ports, watch, why, free, wait} {
		o.addJSON(cmd)
		o.addSource(cmd)
	}
	for _, cmd := range []*cobra.Command{root, list, ports, watch} {
		o.addAll(cmd)
		o.recording.add(a, cmd)
	}
	root.AddCommand(list, ports, why, free, watch, wait, doctor, a.newConfig(), a.newMan())
}

// commandWithoutArgs is command for one that takes no arguments, to be used with
// cobra.ArbitraryArgs: so a wrong one is reported in our wording.
func (a *app) commandWithoutArgs(do func() (int, error)) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			a.setExit(exitFailed, fmt.Errorf("%s takes no arguments; to search for sockets run lotop list %[1]s %s", cmd.Name(), strings.Join(args, " ")))
			return nil
		}
		a.setExit(do())
		return nil
	}
}

// command adapts a function that returns an exit code and an error to cobra. The
// error is printed here and not returned, so that it is printed once.
func (a *app) command(do func(context.Context, []string) (int, error)) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		a.setExit(do(cmd.Context(), args))
		return nil
	}
}
