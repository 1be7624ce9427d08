package cli

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lotop/model"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/sockets/untrusted"
	"lotop/ui"
)

// readRows reads the tables for a completion. On an error there are no rows: a shell
// that completes shows no messages.
func (a *app) readRows(ctx context.Context, o *options, shape track.ListOptions) []model.Row {
	const patience = 2 * time.Second // after pressing Tab
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	source, err := a.openForCompletion(o)
	if err != nil {
		return nil
	}
	defer source.Close()
	var snap sockets.Snapshot
	if source.Read(ctx, &snap) != nil {
		return nil
	}
	monitor := track.New()
	monitor.Update(&snap)
	rows, _ := monitor.Rows(nil, shape)
	return rows
}

// openForCompletion opens the source that the command will use. It writes no
// recording and does not read standard input, which is the shell's.
func (a *app) openForCompletion(o *options) (sockets.Source, error) {
	switch o.recording.replay {
	case "":
		return a.openLive(o, nil)
	case "-":
		return nil, errors.New("cannot complete from standard input")
	}
	return a.openSource(o)
}

// completions collects the completions of a prefix, each text once, with its
// descriptions.
type completions struct {
	prefix       string // precedes every text
	typed        string
	values       []string
	descriptions map[string][]string // by text
}

func newCompletions(begun string) *completions {
	return &completions{typed: begun, descriptions: map[string][]string{}}
}

// add adds a text that begins with the typed prefix.
func (f *completions) add(text, about string) {
	if text == "" || !strings.HasPrefix(text, f.typed) {
		return
	}
	if _, known := f.descriptions[text]; !known {
		f.values, f.descriptions[text] = append(f.values, text), nil
	}
	if about != "" && !slices.Contains(f.descriptions[text], about) {
		f.descriptions[text] = append(f.descriptions[text], about)
	}
}

// addPlain adds a text from outside, such as the name of a process. Shells quote
// differently, so it adds only what needs no quotes.
func (f *completions) addPlain(text string) {
	if untrusted.IsShellWord(text) {
		f.add(text, "")
	}
}

// addTarget adds the port of a socket and, if anything was typed, the other ways to
// write its address.
func (f *completions) addTarget(r *model.Row) {
	port := strconv.Itoa(int(r.Socket.Local.Port()))
	about := ownerLabel(r)
	f.add(port, about)
	if f.typed != "" {
		f.add(":"+port, about)
		f.add("localhost:"+port, about)
		f.add(ui.Addr(r.Socket.Local), about)
	}
}

func ownerLabel(r *model.Row) string {
	who, _ := ui.Owner(r)
	if p := r.Owner(r.Socket); p != nil {
		who = ui.NameAndPID(p)
	}
	return who + " on " + ui.Local(r.Snapshot, r.Socket)
}

// sorted returns the completions, numbers by value, with at most three descriptions
// each.
func (f *completions) sorted() []cobra.Completion {
	const most = 3 // descriptions
	slices.SortFunc(f.values, func(a, b string) int {
		x, errX := strconv.Atoi(a)
		y, errY := strconv.Atoi(b)
		if errX == nil && errY == nil {
			return cmp.Compare(x, y)
		}
		return cmp.Compare(a, b)
	})
	all := make([]cobra.Completion, 0, len(f.values))
	for _, text := range f.values {
		about := f.descriptions[text]
		if n := len(about) - most; n > 0 {
			about = append(slices.Clone(about[:most]), strconv.Itoa(n)+" more")
		}
		offer := f.prefix + text
		if len(about) > 0 {
			offer = cobra.CompletionWithDesc(offer, strings.Join(about, ", "))
		}
		all = append(all, offer)
	}
	return all
}

// valueCollector returns the function that adds the values of a key in a row, or nil
// for keys whose values are not completed from the tables.
func valueCollector(key string) func(*completions, *model.Row) {
	switch key {
	case "port", "lport":
		return func(f *completions, r *model.Row) {
			if !r.Socket.Connected() {
				f.add(strconv.Itoa(int(r.Socket.Local.Port())), ownerLabel(r))
			}
		}
	case "rport":
		return func(f *completions, r *model.Row) {
			if r.Socket.Connected() {
				f.add(strconv.Itoa(int(r.Socket.Remote.Port())), "")
			}
		}
	case "addr":
		return func(f *completions, r *model.Row) { f.add(r.Socket.Local.Addr().String(), "") }
	case "user":
		return func(f *completions, r *model.Row) { f.addPlain(ui.User(r, r.Socket)) }
	case "pid", "name":
		return collectOwners(key)
	case "unit", "container":
		return collectUnits(key)
	}
	return nil
}

func collectOwners(key string) func(*completions, *model.Row) {
	return func(f *completions, r *model.Row) {
		for _, p := range r.Owners(r.Socket) {
			if key == "pid" {
				f.add(strconv.Itoa(p.PID), p.Name.String())
			} else {
				f.addPlain(p.Name.String())
			}
		}
	}
}

func collectUnits(key string) func(*completions, *model.Row) {
	return func(f *completions, r *model.Row) {
		g := ui.Cgroup(r, r.Socket)
		switch {
		case g == nil:
		case key == "unit":
			f.addPlain(g.Unit.String())
		default:
			f.addPlain(g.Container.String())
		}
	}
}
