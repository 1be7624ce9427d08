package sockets

import "strconv"

// Count returns a number and a noun: "1 socket", "3 sockets".
func Count(n int, noun string) string {
	return strconv.Itoa(n) + " " + Plural(n, noun)
}

// Plural returns the form of a noun that goes with a number.
func Plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}
