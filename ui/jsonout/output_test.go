package jsonout_test

import (
	"bufio"
	"bytes"
	"context"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"lotop/model/modeltest"
	"lotop/sockets"
	"lotop/sockets/access"
	"lotop/sockets/recording"
	"lotop/sockets/untrusted"
	"lotop/ui/jsonout"
)

// fixedSource returns one snapshot.
type fixedSource struct{ snap *sockets.Snapshot }

func (f fixedSource) Read(_ context.Context, into *sockets.Snapshot) error {
	*into = *f.snap
	return nil
}

func (fixedSource) Close() error { return nil }

// recorded writes a snapshot to a file that lotop replays.
func recorded(t testing.TB, snap *sockets.Snapshot) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "one.lotop")
	file, err := recording.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	r := recording.Record(fixedSource{snap}, file, recording.Options{})
	if err := r.Read(t.Context(), &sockets.Snapshot{}); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSchemaOfList(t *testing.T) {
	all := schemas(t)
	empty := recorded(t, &sockets.Snapshot{Time: modeltest.Began})
	validate(t, all["list"], "an empty list", printed(t, "list", "--json", "--replay", empty))
	validate(t, all["ports"], "no ports", printed(t, "ports", "--json", "--replay", empty))

	// Texts that a process can give itself.
	for _, text := range []string{"\x1b[2J", "x\ny\r\n", "\u202egnp.exe", "\xff\xfe", "日本\u0000", `say "hi", twice`} {
		snap := modeltest.Snapshot(t, 0, modeltest.Shop)
		for pid, p := range snap.Processes {
			q := *p
			q.Name, q.Command, q.Args = untrusted.New(text), untrusted.New(text), []string{text, text}
			snap.Processes[pid] = &q
		}
		path := recorded(t, snap)
		validate(t, all["list"], text, printed(t, "list", "--json", "--all", "--replay", path))
		ports := printed(t, "ports", "--json", "--all", "--replay", path)
		validate(t, all["ports"], text, ports)
		if lines := printed(t, "ports", "--format", "jsonl", "--all", "--replay", path); "[\n"+strings.ReplaceAll(strings.TrimSpace(lines), "\n", ",\n")+"\n]\n" != ports {
			t.Errorf("%q: ports --format jsonl is not the array:\n%s", text, lines)
		}
		for line := range strings.Lines(printed(t, "list", "--format", "jsonl", "--replay", path)) {
			validate(t, all["socket"], "list --format jsonl", line)
		}
	}
}

// A recorded session has debuggers, short-lived connections and TIME_WAIT.
func TestSchemaOfSession(t *testing.T) {
	all := schemas(t)
	path := filepath.Join("..", "..", "docs", "sessions", "shop.lotop")
	validate(t, all["list"], "list", printed(t, "list", "--json", "--replay", path))
	validate(t, all["ports"], "ports", printed(t, "ports", "--json", "--all", "--replay", path))
	for line := range strings.Lines(printed(t, "watch", "--json", "--replay", path)) {
		validate(t, all["watch"], "watch", line)
	}
}

func TestSchemaOfDoctor(t *testing.T) {
	schema := schemas(t)["doctor"]
	answers := access.New("").All() // of this machine
	for _, verdict := range []access.Verdict{access.Yes, access.No, access.Unknown} {
		answers = append(answers, access.Answer{
			ID: "other_users", Group: access.Seen, Verdict: verdict, Meaning: "what it means",
			Reason: "no \x1bCAP", Command: "sudo lotop", Advice: "run as root", Used: true,
		}, access.Answer{ID: "lockdown", Group: access.Kernel, Verdict: verdict, Meaning: "could not tell"})
	}
	var out bytes.Buffer
	w := bufio.NewWriter(&out)
	if err := jsonout.WriteObject(w, jsonout.NewDoctor(runtime.GOOS, answers), true); err != nil {
		t.Fatal(err)
	}
	_ = w.Flush()
	validate(t, schema, "doctor", out.String())
}
