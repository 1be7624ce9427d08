package cli

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lotop/model"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/ui"
	"lotop/ui/complete"
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

// addTarget adds the port of a socket and, if anything was typed, the other ways to
// write its address.
func addTarget(l *complete.List, r *model.Row) {
	port := strconv.Itoa(int(r.Socket.Local.Port()))
	about := complete.OwnerLabel(r)
	l.Add(port, about)
	if l.Typed() != "" {
		l.Add(":"+port, about)
		l.Add("localhost:"+port, about)
		l.Add(ui.Addr(r.Socket.Local), about)
	}
}

// forShell returns offers in cobra's form.
func forShell(offers []complete.Offer) []cobra.Completion {
	all := make([]cobra.Completion, 0, len(offers))
	for _, o := range offers {
		if len(o.About) > 0 {
			all = append(all, cobra.CompletionWithDesc(o.Text, strings.Join(o.About, ", ")))
			continue
		}
		all = append(all, o.Text)
	}
	return all
}
