package cli

import (
	"context"

	"github.com/spf13/cobra"
)

// newRoot builds the command tree. The arguments are what it will be run with:
// its errors quote them.
func (a *app) newRoot(args []string) *cobra.Command {
	o := newOptions()
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
		RunE: a.command(func(ctx context.Context, args []string) (int, error) {
			if a.wantsScreen(o) {
				return a.runScreen(o, args)
			}
			return a.list(ctx, o, args)
		}),
	}
	o.addCommon(root)
	o.recording.add(a, root)
	o.addScreen(root)
	// It fails for flags that do not exist, which every run of lotop would show.
	_ = root.RegisterFlagCompletionFunc("pin", a.completeQuery(o))
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		a.setExit(exitFailed, usageError(cmd, args, err))
		return nil
	})
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetArgs(args)
	root.AddCommand(a.newList(o), a.newWhy(o), a.newFree(o), a.newWatch(o), a.newWait(o), a.newConfig(o), a.newMan())
	return root
}

// command makes of what a command does what cobra runs. Its errors are told
// here and never returned: fang asks the terminal for its background colour
// before it hands an error to anyone, and a terminal can take its time.
func (a *app) command(do func(context.Context, []string) (int, error)) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		a.setExit(do(cmd.Context(), args))
		return nil
	}
}
