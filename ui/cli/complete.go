package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"lotop/model/query"
	"lotop/model/track"
	"lotop/sockets"
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
		all := newCompletions(begun)
		for _, r := range a.readRows(cmd.Context(), o, shape) {
			if (r.Socket.Protocol == sockets.UDP) == *udp {
				all.addTarget(&r)
			}
		}
		return all.sorted(), noFiles
	}
}

// completeQuery completes the keys of the query language, and after a key its
// keywords or the values that occur in the tables. A number is completed as a port.
func (a *app) completeQuery(o *options) completer {
	return func(cmd *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		not, term := splitNegation(begun)
		key, value, found := strings.Cut(term, ":")
		if !found && !startsPort(term) {
			return completeKeys(not), noFiles | cobra.ShellCompDirectiveNoSpace
		}
		before := not
		switch {
		case !found:
			key, value = "port", term
		case key == "":
			key, before = "port", not+":"
		default:
			before += key + ":"
		}
		if i := strings.LastIndexByte(value, ','); i >= 0 {
			before, value = before+value[:i+1], value[i+1:]
		}
		all := newCompletions(value)
		all.prefix = before
		for _, word := range query.Values(key) {
			all.add(word, "")
		}
		if collect := valueCollector(strings.ToLower(key)); collect != nil {
			for _, r := range a.readRows(cmd.Context(), o, track.ListOptions{AllHosts: o.all, Unfold: true}) {
				collect(all, &r)
			}
		}
		return all.sorted(), noFiles
	}
}

// splitNegation splits the negation sign off a term.
func splitNegation(term string) (not, rest string) {
	for _, not := range []string{"not:", "!"} {
		if rest, found := strings.CutPrefix(term, not); found {
			return not, rest
		}
	}
	return "", term
}

func startsPort(term string) bool { return term != "" && term[0] >= '0' && term[0] <= '9' }

func completeKeys(not string) []cobra.Completion {
	var all []cobra.Completion
	for _, t := range query.Help() {
		if t.Key != "" {
			all = append(all, cobra.CompletionWithDesc(not+t.Key+":", t.Meaning))
		}
	}
	return all
}
