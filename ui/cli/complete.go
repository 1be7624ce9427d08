package cli

import (
	"github.com/spf13/cobra"

	"lotop/model/track"
	"lotop/sockets"
	"lotop/sockets/untrusted"
	"lotop/ui/complete"
)

// completer returns the completions of a prefix, as cobra calls it.
type completer = func(cmd *cobra.Command, before []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective)

// noFiles keeps the shell from completing file names and from sorting the
// completions, which are ports by number.
const noFiles = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder

// completeTarget completes ports in use, described by their owners, and addresses
// after the first character.
func (a *app) completeTarget(o *options, udp *bool) completer {
	return func(cmd *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		shape := track.ListOptions{View: track.Listeners, AllHosts: true}
		all := complete.NewList(begun, untrusted.IsShellWord)
		for _, r := range a.readRows(cmd.Context(), o, shape) {
			if (r.Socket.Protocol == sockets.UDP) == *udp {
				addTarget(all, &r)
			}
		}
		return forShell(all.Sorted()), noFiles
	}
}

// completeQuery completes the keys of the query language, and after a key its
// keywords or the values that occur in the tables. A number is completed as a port.
// Shells quote differently, so of names only those are offered that need no quotes.
func (a *app) completeQuery(o *options) completer {
	return func(cmd *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		term := complete.Split(begun)
		if term.Key() {
			return forShell(term.Keys()), noFiles | cobra.ShellCompDirectiveNoSpace
		}
		all := term.Values(untrusted.IsShellWord)
		if term.FromRows() {
			for _, r := range a.readRows(cmd.Context(), o, track.ListOptions{AllHosts: o.all, Unfold: true}) {
				term.AddRow(all, &r)
			}
		}
		return forShell(all.Sorted()), noFiles
	}
}
