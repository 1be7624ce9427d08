package process

import (
	"slices"
	"testing"
)

func TestParseChildren(t *testing.T) {
	for in, want := range map[string][]int{
		"":                  nil,
		"5133 ":             {5133},
		"5133 5140 5141 ":   {5133, 5140, 5141},
		"x -1 0 99999 \n 7": {99999, 7},
	} {
		if got := parseChildren([]byte(in)); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", in, got, want)
		}
	}
}
