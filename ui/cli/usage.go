package cli

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// usageError says in lotop's words what is wrong with a flag, and what to write
// in its place.
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

// unknownFlag tells a mistyped flag from a negated term of a query, which begins
// with a hyphen as well.
func unknownFlag(cmd *cobra.Command, args []string, err *pflag.NotExistError) error {
	help := cmd.CommandPath() + " --help lists all flags"
	letters := err.GetSpecifiedShortnames()
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

// looksLikeTerm tells whether a word can hardly be a bundle of flags.
func looksLikeTerm(word string) bool {
	return len(word) > 1 && strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) || r > unicode.MaxASCII })
}

// nearestFlag finds the flag that begins like name.
func nearestFlag(cmd *cobra.Command, name string) string {
	const enough = 3 // letters that are no coincidence
	near := ""
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if n := min(len(f.Name), len(name), enough); n >= 2 && f.Name[:n] == name[:n] && !f.Hidden {
			near = f.Name
		}
	})
	return near
}
