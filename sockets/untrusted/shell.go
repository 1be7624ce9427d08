package untrusted

import (
	"strings"
	"unicode"
)

// IsShellWord reports whether s can stand in a command line as it is: bash, zsh,
// fish, cmd.exe and PowerShell take it as one literal word, and no program takes it
// for an option.
func IsShellWord(s string) bool {
	const plain = "._:@+-"
	special := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(plain, r)
	}
	return s != "" && !strings.ContainsFunc(s, special) && !strings.ContainsRune("-@+", rune(s[0]))
}
