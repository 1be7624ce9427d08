package sockets

import "testing"

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0 sockets", 1: "1 socket", 2: "2 sockets"} {
		if got := Count(n, "socket"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
