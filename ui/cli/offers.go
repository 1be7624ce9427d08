package cli

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"lotop/model"
	"lotop/sockets"
	"lotop/ui"
)

// inUse reads the tables for a completion. A shell that completes has nobody to
// tell what went wrong: then there is nothing to offer.
func (a *app) inUse(ctx context.Context, o *options, shape model.ListOptions) []model.Row {
	const patience = 2 * time.Second // of who has pressed Tab
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	source, err := a.openToComplete(o)
	if err != nil {
		return nil
	}
	defer source.Close()
	var snap sockets.Snapshot
	if source.Read(ctx, &snap) != nil {
		return nil
	}
	monitor := model.NewMonitor()
	monitor.Update(&snap)
	rows, _ := monitor.Rows(nil, shape)
	return rows
}

// openToComplete opens what the command will show. It writes no recording and
// leaves standard input to the shell.
func (a *app) openToComplete(o *options) (sockets.Source, error) {
	switch o.recording.replay {
	case "":
		return a.openLive(o, nil)
	case "-":
		return nil, errors.New("cannot complete from standard input")
	}
	return a.openSource(o)
}

// offers gathers what can stand in place of a word that was begun, each text
// once, with what is known about it.
type offers struct {
	before string // stands before every text
	begun  string
	texts  []string
	about  map[string][]string // by text
}

func newOffers(begun string) *offers {
	return &offers{begun: begun, about: map[string][]string{}}
}

// add offers a text, unless it does not begin as asked for.
func (f *offers) add(text, about string) {
	if text == "" || !strings.HasPrefix(text, f.begun) {
		return
	}
	if _, known := f.about[text]; !known {
		f.texts, f.about[text] = append(f.texts, text), nil
	}
	if about != "" && !slices.Contains(f.about[text], about) {
		f.about[text] = append(f.about[text], about)
	}
}

// addWord offers a text from outside, such as a process's name. Shells differ
// in what they quote, so only what needs no quotes is offered.
func (f *offers) addWord(text string) {
	odd := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._+@-", r)
	}
	if !strings.ContainsFunc(text, odd) {
		f.add(text, "")
	}
}

// addTarget offers the ways to write the address of a socket: its port, and
// where more than a number was begun, the whole.
func (f *offers) addTarget(r *model.Row) {
	port := strconv.Itoa(int(r.Socket.Local.Port()))
	about := heldBy(r)
	f.add(port, about)
	if f.begun != "" {
		f.add(":"+port, about)
		f.add("localhost:"+port, about)
		f.add(ui.Addr(r.Socket.Local), about)
	}
}

func heldBy(r *model.Row) string {
	who, _ := ui.Who(r)
	if p := r.Owner(r.Socket); p != nil {
		who = ui.Named(p)
	}
	return who + " on " + ui.Local(r.Snapshot, r.Socket)
}

// completions orders numbers by value, and cuts what is known where it gets
// long.
func (f *offers) completions() []cobra.Completion {
	const most = 3 // holders that are named
	slices.SortFunc(f.texts, func(a, b string) int {
		x, errX := strconv.Atoi(a)
		y, errY := strconv.Atoi(b)
		if errX == nil && errY == nil {
			return cmp.Compare(x, y)
		}
		return cmp.Compare(a, b)
	})
	all := make([]cobra.Completion, 0, len(f.texts))
	for _, text := range f.texts {
		about := f.about[text]
		if n := len(about) - most; n > 0 {
			about = append(slices.Clone(about[:most]), strconv.Itoa(n)+" more")
		}
		offer := f.before + text
		if len(about) > 0 {
			offer = cobra.CompletionWithDesc(offer, strings.Join(about, ", "))
		}
		all = append(all, offer)
	}
	return all
}

// collectors returns what takes the values of a key from a row; nil for keys
// whose values are not read from the tables.
func collectors(key string) func(*offers, *model.Row) {
	switch key {
	case "port", "lport":
		return func(f *offers, r *model.Row) {
			if !r.Socket.Connected() {
				f.add(strconv.Itoa(int(r.Socket.Local.Port())), heldBy(r))
			}
		}
	case "rport":
		return func(f *offers, r *model.Row) {
			if r.Socket.Connected() {
				f.add(strconv.Itoa(int(r.Socket.Remote.Port())), "")
			}
		}
	case "addr":
		return func(f *offers, r *model.Row) { f.add(r.Socket.Local.Addr().String(), "") }
	case "user":
		return func(f *offers, r *model.Row) { f.addWord(ui.User(r, r.Socket)) }
	case "pid", "name":
		return collectOwners(key)
	case "unit", "container":
		return collectPlaces(key)
	}
	return nil
}

func collectOwners(key string) func(*offers, *model.Row) {
	return func(f *offers, r *model.Row) {
		for _, p := range r.Owners(r.Socket) {
			if key == "pid" {
				f.add(strconv.Itoa(p.PID), p.Name.String())
			} else {
				f.addWord(p.Name.String())
			}
		}
	}
}

func collectPlaces(key string) func(*offers, *model.Row) {
	return func(f *offers, r *model.Row) {
		g := ui.Cgroup(r, r.Socket)
		switch {
		case g == nil:
		case key == "unit":
			f.addWord(g.Unit.String())
		default:
			f.addWord(g.Container.String())
		}
	}
}
