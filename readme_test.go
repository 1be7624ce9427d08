package main

import (
	"os"
	"strings"
	"testing"
)

// TestReadme holds README to what other tests hold true: the two commands, and
// the table of docs/holders.md, which is compared with what lotop says.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Skip("the sources are not here:", err)
	}
	holders, err := os.ReadFile("docs/holders.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(holders)) {
		if strings.HasPrefix(line, "|") {
			rows++
			if !strings.Contains(string(readme), line) {
				t.Errorf("README.md does not have this row of docs/holders.md:\n%s", line)
			}
		}
	}
	if rows < 20 {
		t.Errorf("docs/holders.md has %d rows", rows)
	}
	for _, command := range []string{"go run .", "go test ./..."} {
		if !strings.Contains(string(readme), command) {
			t.Errorf("README.md does not give the command %q", command)
		}
	}
}
