package cli

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/klauspost/compress/zstd"

	"lotop/sockets/recording"
	"lotop/sockets/socketstest"
)

// TestRecordRedacted records processes that call themselves by a secret.
func TestRecordRedacted(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "SECRET")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"password=SECRET"},
		{"http://user:SECRET@host/"},
		{"python3", "SECRET.py", "secret"},
		{"SECRET: worker process"},
	} {
		p := socketstest.Start(t, socketstest.Args(args...), socketstest.Name("SECRET"), socketstest.Dir(dir))
		port := p.Listen("tcp4", "127.0.0.1:0").Local.Port()
		file := filepath.Join(t.TempDir(), "redacted.lotop")
		if r := execute(t, lotop(t, "list", "--record", file, "--redact", "port:"+strconv.Itoa(int(port)))); r.code != 0 {
			t.Fatalf("%q: %+v", args, r)
		}
		if b := bytes.ToLower(unpacked(t, file)); bytes.Contains(b, []byte("secret")) {
			t.Errorf("%q: %s", args, b)
		}
		player, err := recording.Open(t.Context(), file)
		if err != nil {
			t.Fatal(err)
		}
		m, err := player.Next()
		if err = errors.Join(err, player.Close()); err != nil {
			t.Fatal(err)
		}
		if q := m.Snapshot.Process(int32(p.PID())); q == nil || q.Name.Raw() != filepath.Base(os.Args[0]) {
			t.Errorf("%q is recorded as %+v", args, q)
		}
	}
}

// unpacked returns the decompressed bytes of a recording, as far as there are.
func unpacked(t *testing.T, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zip, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer zip.Close()
	b, err := io.ReadAll(zip)
	if err != nil || len(b) == 0 {
		t.Fatalf("%d bytes, %v", len(b), err)
	}
	return b
}
