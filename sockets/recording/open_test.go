package recording

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"lotop/sockets"
	"lotop/sockets/socketstest"
)

// pack compresses lines to a file.
func pack(t testing.TB, lines ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	zip, err := zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	_, err = zip.Write([]byte(strings.Join(lines, "")))
	if err = errors.Join(err, zip.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const (
	head1 = `{"format":"lotop recording","version":1,"started":"2026-03-01T12:00:00Z","os":"linux"}` + "\n"
	key1  = `{"snapshot":1772366400000000000,"key":true,"table":[0,0,1],"rows":[{"id":1}]}` + "\n"
)

func TestNotRecordings(t *testing.T) {
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"empty":       {nil, "empty file, not a lotop recording"},
		"text":        {[]byte("hello\n"), "not a lotop recording"},
		"short":       {[]byte{0x28}, "not a lotop recording"},
		"other zstd":  {pack(t, "hello\n"), "not a lotop recording"},
		"other JSON":  {pack(t, `{"format":"asciicast","version":2}`+"\n"), "not a lotop recording"},
		"zstd, empty": {[]byte{0x28, 0xb5, 0x2f, 0xfd, 4, 0, 1, 0, 0, 0x99, 0xe9, 0xd8, 0x51}, "not a lotop recording"},
		"newer": {
			pack(t, strings.Replace(head1, `"version":1`, `"version":2`, 1), "what may come\n"),
			"made by a newer lotop: its format is version 2, this lotop reads version 1",
		},
		"no snapshot":                {pack(t, head1), "no snapshot"},
		"only a header":              {pack(t, strings.TrimSuffix(head1, "\n")), "no readable snapshot: the file ends before the first"},
		"no key":                     {pack(t, head1, `{"snapshot":1}`+"\n"), "no readable snapshot: delta does not apply to the previous snapshot"},
		"cut at the top":             {pack(t, head1, key1)[:20], "no readable snapshot: the file ends before the first"},
		"damaged in the first frame": {damaged(pack(t, head1, key1)), "damaged, or not a lotop recording: "},
	} {
		if _, err := openBytes(c.file); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// damaged changes a byte of the compressed text.
func damaged(file []byte) []byte {
	file[len(file)/2] ^= 0x40
	return file
}

func TestOpenFiles(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.lotop")
	if _, err := Open(t.Context(), path); err == nil || !strings.HasPrefix(err.Error(), "replay "+path+": ") || !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if _, err := Open(t.Context(), dir); err == nil || err.Error() != "replay "+dir+": is a directory" {
		t.Error(err)
	}
	all := onePerSecond(3)
	if err := os.WriteFile(path, record(t, Options{}, all, nil).Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if got := readAll(t, p); len(got) != 3 || p.index.header.OS != runtime.GOOS {
		t.Error(len(got), p.index.header.OS)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if p, err = openPiped(f); err != nil || len(readAll(t, p)) != 3 || p.Close() != nil {
		t.Error("from a pipe: ", err)
	}
}

// TestTruncated cuts a recording at every byte: everything written before has
// to be readable.
func TestTruncated(t *testing.T) {
	all := generate(11, 6)
	f := &file{}
	r := Record(&scriptedSource{all: all}, f, Options{})
	var snap sockets.Snapshot
	var sizes []int // of the file after each snapshot
	for range all {
		if err := r.Read(t.Context(), &snap); err != nil {
			t.Fatal(err)
		}
		r.deltaBudget = min(r.deltaBudget, 300) // to have several frames
		sizes = append(sizes, f.Len())
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	for cut := range f.Len() {
		whole := 0
		for whole < len(sizes) && sizes[whole] <= cut {
			whole++
		}
		p, err := openBytes(f.Bytes()[:cut])
		if whole == 0 {
			if err == nil {
				t.Fatalf("at %d: a player without snapshots", cut)
			}
			continue
		}
		if err != nil {
			t.Fatalf("at %d: %v", cut, err)
		}
		steps := readAll(t, p)
		if len(steps) < whole || len(steps) > whole+1 || p.Damage() == "" && !endsFrame(p, cut) {
			t.Fatalf("at %d: %d snapshots of %d, %q", cut, len(steps), whole, p.Damage())
		}
		got := *steps[len(steps)-1].Snapshot
		if p.Damage() != "" {
			last := len(got.Warnings) - 1
			want := fmt.Sprintf("; read %s up to %s", sockets.Count(len(steps), "snapshot"), got.Time.Format("15:04:05"))
			if w := got.Warnings[last]; w.Kind != sockets.RecordingFailed || !strings.HasSuffix(w.Text, want) || !strings.HasPrefix(w.Text, "the recording ") {
				t.Fatalf("at %d: %v", cut, w)
			}
			got.Warnings = got.Warnings[:last]
		}
		if diff := cmp.Diff(all[len(steps)-1], got, compareOptions); diff != "" {
			t.Fatalf("at %d: %s", cut, diff)
		}
		_ = p.Close() // nothing was written
	}
}

// endsFrame reports whether a file was cut at the end of a frame, which
// cannot be detected.
func endsFrame(p *Player, cut int) bool {
	return p.index.frames[len(p.index.frames)-1].end == int64(cut)
}

func TestDamageText(t *testing.T) {
	f := &file{}
	r := Record(&scriptedSource{all: onePerSecond(9)}, f, Options{})
	var snap sockets.Snapshot
	for range 9 {
		if err := r.Read(t.Context(), &snap); err != nil {
			t.Fatal(err)
		}
	}
	running := bytes.Clone(f.Bytes())
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	at := noon.Local()
	for want, file := range map[string][]byte{
		"": f.Bytes(),
		"the recording is incomplete: lotop was killed or is still writing it; read 9 snapshots up to " + at.Add(8e9).Format("15:04:05"): running,
		"the recording is truncated in the middle of a line; read 8 snapshots up to " + at.Add(7e9).Format("15:04:05"):                   running[:len(running)-5],
		"the recording is damaged; read 9 snapshots up to " + at.Add(8e9).Format("15:04:05"):                                             append(bytes.Clone(f.Bytes()), "something else"...),
		"the recording is damaged; read 1 snapshot up to " + at.Format("15:04:05"):                                                       pack(t, head1, key1, "something else\n"),
		"the recording is truncated in the middle of a line; read 1 snapshot up to " + at.Format("15:04:05"):                             pack(t, head1, key1, key1[:20]),
	} {
		if got := mustOpen(t, file).Damage(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// TestWrongLines reads complete lines with invalid contents.
func TestWrongLines(t *testing.T) {
	const at = `{"snapshot":1772366401000000000`
	for _, line := range []string{
		`,"table":[0,2,0]}`, `,"table":[-1,1,0]}`, `,"table":[0,1]}`, `,"table":[0,1,1]}`, `,"table":[0,9223372036854775807,0]}`,
		`,"table":[9223372036854775807,1,0]}`, `,"table":[1,1,0]}`, `,"rows":[{}]}`, `,"table":[0,0,1],"rows":[{"cgroup":1}]}`, `,"timers":[1]`,
		`,"table":[0,1,0],"timers":[1]}`, `,"table":[0,0,1],"rows":[{"local":"x"}]}`, `,"table":{}}`, `,"rows":[1]}`, `,"notices":7}`,
		`,"processes":[{"cgroup":-1}]}`, `,"users":{}}`, `} {}`, `,`, `}}`, `,"table":[` + strings.Repeat("0,1,0,", maxSockets) + `0,1,0]}`,
	} {
		p := mustOpen(t, pack(t, head1, key1, at+line+"\n"))
		if _, err := p.Next(); err != nil {
			t.Errorf("%.40s: %v", line, err)
			continue
		}
		_, err := p.Next()
		if err == nil || !strings.HasPrefix(err.Error(), "the recording is damaged at snapshot 2 of 2 (") {
			t.Errorf("%.40s: %v", line, err)
		}
		if _, again := p.Next(); again == nil || again.Error() != err.Error() {
			t.Errorf("%.40s: then %v", line, again)
		}
		p.SeekFraction(0)
		p.Pause(true)
		var snap sockets.Snapshot
		if err := p.Read(t.Context(), &snap); err != nil || len(snap.Sockets) != 1 {
			t.Errorf("%.40s: what is before the damage: %v", line, err)
		}
	}
}

// TestFuture ignores what a later lotop may add to this version.
func TestFuture(t *testing.T) {
	p := mustOpen(t, pack(t, head1, key1, `{"weather":{"snapshot":[1]}}`+"\n", `{"snapshot":1772366401000000000,"more":[{}],"rows":[],"ended":{"x":[]}}`+"\n"))
	if all := readAll(t, p); len(all) != 2 || len(all[1].Snapshot.Sockets) != 1 {
		t.Errorf("%+v", all)
	}
}

// recorderRole is the role of a process that records to a file and then waits to
// be killed.
const recorderRole = "recorder"

func TestMain(m *testing.M) {
	os.Exit(socketstest.Main(m, socketstest.Role{Name: recorderRole, Run: recordUntilKilled}))
}

func recordUntilKilled(path string) error {
	f, err := Create(path)
	if err != nil {
		return err
	}
	all := generate(4, 50)
	r := Record(&scriptedSource{all: all}, f, Options{})
	var snap sockets.Snapshot
	for range all {
		if err := r.Read(context.Background(), &snap); err != nil {
			return err
		}
	}
	fmt.Println("recorded")
	_, _ = os.Stdin.Read(make([]byte, 1)) // until the test is over
	return errors.New("not killed")
}

// TestKilled checks that SIGKILL loses nothing.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.lotop")
	cmd := socketstest.RoleCommand(recorderRole, path)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stdout, err := cmd.StdoutPipe()
	if err = errors.Join(err, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
		t.Error(line, err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = cmd.Wait() // it was killed
	p, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	want := generate(4, 50)
	got := readAll(t, p)
	if len(got) != len(want) || !strings.Contains(p.Damage(), "incomplete") {
		t.Errorf("%d of %d: %s", len(got), len(want), p.Damage())
	}
}
