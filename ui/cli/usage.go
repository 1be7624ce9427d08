package cli

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// usageError returns the error for a wrong flag, with what to write instead.
func usageError(cmd *cobra.Command, args []string, err error) error {
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &invalid):
		return fmt.Errorf("--%s %s: %w", invalid.GetFlag().Name, invalid.GetValue(), invalid.Unwrap())
	case errors.As(err, &missing):
		return fmt.Errorf("--%s requires a value: %s", missing.GetSpecifiedName(), flagUsage(cmd, missing.GetSpecifiedName()))
	case errors.As(err, &unknown):
		return unknownFlag(cmd, args, unknown)
	}
	return fmt.Errorf("%w; run %s --help for usage", err, cmd.CommandPath())
}

func flagUsage(cmd *cobra.Command, name string) string {
	if f := cmd.Flags().Lookup(name); f != nil {
		return f.Usage
	}
	return cmd.CommandPath() + " --help lists the values"
}

// unknownFlag returns the error for a flag that the command does not have: one of
// another command, a misspelled one, or a negated term of a query, which also
// begins with a hyphen.
func unknownFlag(cmd *cobra.Command, args []string, err *pflag.NotExistError) error {
	help := cmd.CommandPath() + " --help lists all flags"
	letters := err.GetSpecifiedShortnames()
	if others := commandsWith(cmd.Root(), err.GetSpecifiedName(), letters); others != "" {
		name := "--" + err.GetSpecifiedName()
		if letters != "" {
			name = "-" + letters
		}
		return fmt.Errorf("%s does not support %s: use it with %s", cmd.CommandPath(), name, others)
	}
	if letters == "" {
		if near := nearestFlag(cmd, err.GetSpecifiedName()); near != "" {
			help = "did you mean --" + near + "? " + help
		}
		return fmt.Errorf("unknown flag: --%s; %s", err.GetSpecifiedName(), help)
	}
	// Of -addr:127.0.0.1 the a is a flag and is gone from letters.
	word := letters
	for _, arg := range args {
		if !strings.HasPrefix(arg, "--") && strings.HasPrefix(arg, "-") && strings.HasSuffix(arg, letters) {
			word = arg[1:]
			break
		}
	}
	switch {
	case cmd.Flags().Lookup(word) != nil:
		return fmt.Errorf("unknown flag: -%s; did you mean --%s?", word, word)
	case looksLikeTerm(word):
		return fmt.Errorf("-%s looks like a flag: to exclude a term use not:%s, or put -- before the query", word, word)
	}
	return fmt.Errorf("unknown flag: -%s; %s; to exclude a term use not:%s", word, help, word)
}

// looksLikeTerm reports whether a word is unlikely to be a group of one-letter flags.
func looksLikeTerm(word string) bool {
	return len(word) > 1 && strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) || r > unicode.MaxASCII })
}

// commandsWith returns the names of the commands that have a flag, as "lotop, list
// or watch", or an empty string.
func commandsWith(root *cobra.Command, name, letter string) string {
	var all []string
	for _, cmd := range append([]*cobra.Command{root}, root.Commands()...) {
		f := cmd.Flags()
		if name != "" && f.Lookup(name) != nil || len(letter) == 1 && f.ShorthandLookup(letter) != nil {
			all = append(all, cmd.Name())
		}
	}
	if n := len(all) - 1; n > 0 {
		return strings.Join(all[:n], ", ") + " or " + all[n]
	}
	return strings.Join(all, "")
}

// nearestFlag returns the flag that begins like name, or an empty string.
func nearestFlag(cmd *cobra.Command, name string) string {
	const enough = 3 // letters in common
	near := ""
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if n := min(len(f.Name), len(name), enough); n >= 2 && f.Name[:n] == name[:n] && !f.Hidden {
			near = f.Name
		}
	})
	return near
}
