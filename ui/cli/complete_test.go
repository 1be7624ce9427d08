package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/recording"
)

// offered is what the shell is given for the last of the words; the line that
// tells it how to use them is left out.
func offered(t testing.TB, s setting, words ...string) []string {
	t.Helper()
	r := s.run(t, append([]string{"__complete"}, words...)...)
	lines := strings.Split(strings.TrimSuffix(r.out, "\n"), "\n")
	if r.code != 0 || !strings.HasPrefix(lines[len(lines)-1], ":") {
		t.Fatalf("complete %q: exit %d, %q, %q", words, r.code, r.out, r.err)
	}
	return lines[:len(lines)-1]
}

func TestCompleteTargets(t *testing.T) {
	node := "node (4411) on 127.0.0.1:3000"
	all := []string{
		"3000\t" + node,
		"8080\tuser root shop.service on *:8080",
		"8081\tmisc (812) on [::%eth0]:8081",
		"9000\tmisc (812) on 127.0.0.1:9000",
	}
	for _, c := range []struct {
		words string
		want  []string
	}{
		{"why ", all},
		{"free ", all},
		{"free 3", all[:1]},
		{"free 80", all[1:3]},
		{"free :3", []string{":3000\t" + node}},
		{"free localhost:3", []string{"localhost:3000\t" + node}},
		{"free 127.0.0.1:", []string{"127.0.0.1:3000\t" + node, "127.0.0.1:9000\tmisc (812) on 127.0.0.1:9000"}},
		{"free [::]:8080", []string{"[::]:8080\tuser root shop.service on *:8080"}},
		{"free --udp ", []string{"5353\tmisc (812) on 0.0.0.0:5353"}},
		{"why --udp 3", nil},
		{"why 7", nil},
		{"free 3000 80", all[1:3]},
		{"free --signal ", []string{"TERM", "INT", "HUP", "QUIT", "ABRT", "KILL"}},
	} {
		got := offered(t, setting{}, strings.Split(c.words, " ")...)
		if diff := cmp.Diff(c.want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("lotop %s\n%s", c.words, diff)
		}
	}
}

func TestCompleteQueries(t *testing.T) {
	for _, c := range []struct{ words, want string }{
		{"list name:", "name:chrome name:misc name:node"},
		{"list NAME:n", "NAME:node"},
		{"ports port:30", "port:3000"},
		{"list not:name:c", "not:name:chrome"},
		{"list !name:c", "!name:chrome"},
		{"list name:node,m", "name:node,misc"},
		{"list port:", "port:3000 port:5353 port:8080 port:8081 port:9000"},
		{"list lport:3000,80", "lport:3000,8080 lport:3000,8081"},
		{"list port:3000 rport:", "rport:3000 rport:51222 rport:51234"},
		{"list --all rport:4", "rport:443"},
		{"list pid:", "pid:812 pid:3302 pid:4411"},
		{"list user:", "user:ada user:root"},
		{"list unit:", "unit:shop.service"},
		{"list addr:127", "addr:127.0.0.1"},
		{"list cmd:", ""},
		{"list nosuch:", ""},
		{"list proto:", "proto:tcp proto:udp"},
		{"list :30", ":3000"},
		{"list 80", "8080 8081"},
		{"80", "8080 8081"},
		{"name:n", "name:node"},
		{"--pin name:n", "name:node"},
	} {
		var got []string
		for _, line := range offered(t, setting{}, strings.Split(c.words, " ")...) {
			text, _, _ := strings.Cut(line, "\t")
			got = append(got, text)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("lotop %s\n got %s\nwant %s", c.words, s, c.want)
		}
	}
	for _, line := range offered(t, setting{}, "list", "pid:4") {
		if line != "pid:4411\tnode" {
			t.Errorf("a pid is offered as %q", line)
		}
	}
}

// A port with many owners names a few.
func TestCompleteManyOwners(t *testing.T) {
	snap := sockets.Snapshot{Time: noon, Processes: map[int32]*process.Process{}}
	for i := range int32(5) {
		snap.Processes[10+i] = proc(10+int(i), "worker", "", 0)
		snap.Sockets = append(snap.Sockets, owned(sockets.ID(i+1), sockets.Listen, "127.0.0.1:80", 10+i, 3))
	}
	got := strings.Join(offered(t, setting{source: &fixedSource{snap: snap}}, "free", ""), "\n")
	if strings.Count(got, "worker (") != 3 || !strings.HasSuffix(got, ", 2 more") {
		t.Errorf("%q", got)
	}
}

// What a process calls itself reaches no shell that might obey it.
func TestCompleteHostile(t *testing.T) {
	for _, text := range append(hostile(), "$(id)", "`id`", "a b", "a;b", "a\tb", `a\b`, "'", `"`, "*", "~") {
		source := &fixedSource{snap: hostileShop(text)}
		for _, line := range offered(t, setting{source: source}, "list", "name:") {
			if strings.ContainsAny(line, "$`;&|<>()'\"\\*?~# \t\x1b") {
				t.Errorf("%q is offered as %q", text, line)
			}
		}
		for _, line := range offered(t, setting{source: source}, "free", "") {
			if strings.Count(line, "\t") > 1 || strings.ContainsAny(line, "\x1b\r\x00") {
				t.Errorf("%q is described as %q", text, line)
			}
		}
	}
}

// Whatever goes wrong, the shell gets nothing to offer, and no noise.
func TestCompleteFails(t *testing.T) {
	for _, s := range []setting{
		{openErr: sockets.ErrUnsupported},
		{source: &fixedSource{err: sockets.ErrUnsupported}},
	} {
		if all := offered(t, s, "free", ""); len(all) > 0 {
			t.Errorf("offered %q", all)
		}
	}
	if all := offered(t, setting{}, "list", "--replay", "-", "name:"); len(all) > 0 {
		t.Errorf("standard input was read: %q", all)
	}
}

// A completion looks where the command will look, and leaves nothing behind.
func TestCompleteRecordings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.lotop")
	if all := offered(t, setting{}, "list", "--record", path, "name:n"); len(all) != 1 {
		t.Errorf("offered %q", all)
	}
	file, err := recording.Create(path) // fails if there is one
	if err != nil {
		t.Fatal(err)
	}
	source := recording.Record(&fixedSource{snap: shop()}, file, recording.Options{})
	var snap sockets.Snapshot
	if err := source.Read(t.Context(), &snap); err != nil {
		t.Fatal(err)
	}
	if err := source.Close(); err != nil {
		t.Fatal(err)
	}
	live := setting{openErr: sockets.ErrUnsupported}
	if all := offered(t, live, "list", "--replay", path, "name:n"); len(all) != 1 || all[0] != "name:node" {
		t.Errorf("from a recording: %q", all)
	}
}
