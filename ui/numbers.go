package ui

import (
	"strconv"
	"strings"
	"time"

	"lotop/sockets"
)

// Age returns a duration with at most three digits and a unit: "3s", "12m",
// "5h", "3d", "2y".
func Age(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < 0:
		return "0s"
	case d < 100*time.Second:
		return strconv.Itoa(int(d/time.Second)) + "s"
	case d < 100*time.Minute:
		return strconv.Itoa(int(d/time.Minute)) + "m"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d/time.Hour)) + "h"
	case d < 1000*day:
		return strconv.Itoa(int(d/day)) + "d"
	}
	return strconv.Itoa(int(d/(365*day))) + "y"
}

// Duration returns a lifetime: "4ms", "12s", "3h".
func Duration(d time.Duration) string {
	if d < time.Second {
		return strconv.Itoa(int(d/time.Millisecond)) + "ms"
	}
	return Age(d)
}

// Seconds returns a short time with one decimal: "0.2s", "12s".
func Seconds(d time.Duration) string {
	if d < 10*time.Second {
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + "s"
	}
	return Age(d)
}

// Size returns a number of bytes with at most three characters and a unit:
// "17B", "4.2K", "84M".
func Size(n uint64) string {
	if n < 1000 {
		return strconv.FormatUint(n, 10) + "B"
	}
	f := float64(n)
	for _, unit := range "KMGTPE" {
		f /= 1024
		if f < 9.95 {
			return strconv.FormatFloat(f, 'f', 1, 64) + string(unit)
		}
		if f < 999.5 {
			return strconv.FormatFloat(f, 'f', 0, 64) + string(unit)
		}
	}
	return "999E"
}

// Count returns a number and a noun: "1 client", "3 clients", "no clients".
func Count(n int, noun string) string {
	if n == 0 {
		return "no " + sockets.Plural(n, noun)
	}
	return sockets.Count(n, noun)
}

// Number returns a whole number as text.
func Number(n int) string { return strconv.Itoa(n) }

// Interval returns a refresh interval: "500ms", "1s", "1m".
func Interval(d time.Duration) string {
	s := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(s, zero) {
			s = s[:len(s)-2]
		}
	}
	return s
}

// Millis returns a very short time: "0.04ms", "12ms".
func Millis(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	digits := 0
	switch {
	case ms < 1:
		digits = 2
	case ms < 10:
		digits = 1
	}
	return strconv.FormatFloat(ms, 'f', digits, 64) + "ms"
}
