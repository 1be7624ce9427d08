//go:build linux

package main_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// typist types at random.
type typist struct{ r *rand.Rand }

func newTypist(seed uint64) *typist {
	return &typist{rand.New(rand.NewPCG(seed, 0))}
}

// leftOut are the keys that the storm does not press. q and ctrl+c quit: that is
// how it ends. ctrl+z suspends lotop, and there is no shell to resume it; ctrl+\
// sends SIGQUIT where the terminal is not in raw mode.
const leftOut = "q\x03\x1a\x1c"

// sequences are keys that send more than one byte.
var sequences = strings.Fields(strings.ReplaceAll(
	"^[A ^[B ^[C ^[D ^[H ^[F ^[5~ ^[6~ ^[Z ^[2~ ^[3~ ^[1;5A ^[1;2B ^[1;3C ^OP ^OQ ^OA ^OB ^[15~ ^[24~ ^[I ^[O", "^", "\x1b"))

// parts are incomplete and malformed sequences, answers to questions that were not
// asked, and bytes that are not UTF-8.
var parts = []string{
	"\x1b", "\x1b[", "\x1b[1;", "\x1bO", "\x1b[<0;1", "\x1b[<0;1;", "\x1b]11;rgb:", "\x1b]11;rgb:ffff/ffff/ffff\x1b\\",
	"\x1b]52;c;", "\x1bP", "\x1b_", "\x1b^x", "\x1b\\", "\x07", "\x1b[200~", "\x1b[201~", "\x1b[?1;2", "\x1b[?2026;2$y",
	"\x1b[?1u", "\x1b[99999999999;1H", "\x1b[;;;;m", "\x1b[-1~", "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xff\xfe", "\x80", "\x00", "\u202e", "👩‍👧",
}

// queries are filters and parts of them.
var queries = []string{"port:", "3000", "state:listen", "-state:", "(", "\"", "pid:1", "process:", "is:exposed", "ä", "lport:1-", ",", ":", "!", "is:", "1..2"}

// next is the next thing that is typed.
func (k *typist) next() string {
	switch n := k.r.IntN(100); {
	case n < 50:
		return k.key()
	case n < 65:
		return pick(k, sequences)
	case n < 72:
		return strings.Repeat(pick(k, sequences), 1+k.r.IntN(30)) // a key that is held down
	case n < 82:
		return k.mouse()
	case n < 86:
		return k.paste()
	case n < 90:
		return "/" + pick(k, queries) + pick(k, []string{"", "\r", "\x1b", pick(k, queries)})
	case n < 93:
		return pick(k, []string{"xy", "xs", "xc", "xk", "xsy", "xcy", "xky"}) // freeing
	case n < 96:
		return strings.Repeat(pick(k, []string{"\t", "\x1b[Z", "j", "\r"}), 1+k.r.IntN(10))
	}
	return pick(k, parts)
}

func pick[T any](k *typist, from []T) T { return from[k.r.IntN(len(from))] }

// key is one byte, most often a letter or sign.
func (k *typist) key() string {
	for {
		b := byte(k.r.IntN(128))
		if b < ' ' && k.r.IntN(4) > 0 {
			continue
		}
		if !strings.ContainsRune(leftOut, rune(b)) {
			return string(b)
		}
	}
}

// mouse is something that a mouse does, in the protocol of today or that of
// X10. Its bytes are none that are left out.
func (k *typist) mouse() string {
	x, y := 1+k.r.IntN(120), 1+k.r.IntN(40)
	button := pick(k, []int{0, 0, 0, 1, 2, 3, 32, 35, 64, 64, 65, 65, 66, 128})
	if k.r.IntN(8) == 0 {
		return fmt.Sprintf("\x1b[M%c%c%c", ' '+button%64, ' '+x%80, ' '+y)
	}
	if k.r.IntN(8) == 0 {
		x, y = 0, k.r.IntN(100_000) // off the screen
	}
	return fmt.Sprintf("\x1b[<%d;%d;%d%c", button, x, y, "Mm"[k.r.IntN(2)])
}

// paste is a text of some lines. Now and then its end never comes.
func (k *typist) paste() string {
	var b strings.Builder
	b.WriteString("\x1b[200~")
	for range k.r.IntN(200) {
		b.WriteRune(pick(k, []rune("ab 3:\r\n\t\x1b\x00ä漢\u202e👩")))
	}
	if k.r.IntN(4) > 0 {
		b.WriteString("\x1b[201~")
	}
	return b.String()
}

// size is one that a window can have, most often a usual one.
func (k *typist) size() (width, height int) {
	if k.r.IntN(2) == 0 {
		s := pick(k, [][2]int{{1, 1}, {300, 100}, {80, 24}, {40, 12}, {200, 50}, {300, 1}, {1, 100}})
		return s[0], s[1]
	}
	return 1 + k.r.IntN(300), 1 + k.r.IntN(100)
}
