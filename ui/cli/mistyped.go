package cli

import (
	"fmt"
	"strings"
)

// checkCommandName returns an error if the first word of a query is nearly the
// name of a command: a filter that matches nothing would hide the mistake. It
// decides by the word alone, so that the same command line always means the same.
func checkCommandName(args []string) error {
	if len(args) == 0 {
		return nil
	}
	command := intendedCommand(args[0])
	if command == "" {
		return nil
	}
	rest := append([]string{command}, args[1:]...)
	return fmt.Errorf("unknown command %s: did you mean lotop %s? to filter by the word run lotop list %s, or put -- before it",
		args[0], strings.Join(rest, " "), strings.Join(args, " "))
}

// intendedCommand returns the command that a word is a synonym or a misspelling of,
// or an empty string. It leaves out man and help: map, main and helm are names of
// programs.
func intendedCommand(word string) string {
	lower := strings.ToLower(word)
	switch lower {
	case "kill", "stop", "end":
		return "free"
	case "ls", "show", "ps":
		return "list"
	case "monitor", "tail", "follow":
		return "watch"
	case "explain", "check", "diagnose":
		return "why"
	}
	const short, long = 3, 6 // letters
	notLetter := func(r rune) bool { return r < 'a' || r > 'z' }
	if len(word) < short || strings.ContainsFunc(lower, notLetter) {
		return ""
	}
	for _, name := range []string{"list", "ports", "why", "free", "watch", "wait", "doctor", "config", "completion"} {
		mistakes := 1
		if len(word) >= long && name != "doctor" { // docker is two letters from it
			mistakes = 2
		}
		if editDistance(lower, name) <= mistakes {
			return name
		}
	}
	return ""
}

// editDistance returns how many letters of a must be inserted, deleted, replaced
// or swapped with the next one to get b.
func editDistance(a, b string) int {
	var before []int // of two letters less of a
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			replace := last[j]
			if a[i] != b[j] {
				replace++
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, replace)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
