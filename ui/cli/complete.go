package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"lotop/model"
)

// completeQuery offers the keys of the query language, and behind a key the
// words it takes.
func completeQuery(_ *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	const directive = cobra.ShellCompDirectiveNoFileComp
	not := ""
	if rest, found := strings.CutPrefix(begun, "not:"); found {
		not, begun = "not:", rest
	}
	if key, rest, found := strings.Cut(begun, ":"); found {
		before := not + key + ":"
		if i := strings.LastIndexByte(rest, ','); i >= 0 {
			before += rest[:i+1]
		}
		var all []cobra.Completion
		for _, word := range model.QueryValues(key) {
			all = append(all, before+word)
		}
		return all, directive
	}
	var all []cobra.Completion
	for _, t := range model.QueryHelp() {
		if t.Key != "" {
			all = append(all, cobra.CompletionWithDesc(not+t.Key+":", t.Meaning))
		}
	}
	return all, directive | cobra.ShellCompDirectiveNoSpace
}
