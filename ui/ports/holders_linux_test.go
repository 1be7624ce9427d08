package ports

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"lotop/model/bind"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/socketstest"
	"lotop/ui"
)

// table is what a reader gets of TestHolders: every way in which a port can be
// held, and what lotop says of it.
const table = "../../docs/holders.md"

var update = flag.Bool("update", false, "rewrite "+table)

const tableHead = `# What can block a port

A test (` + "`TestHolders` in `ui/ports`" + `) builds each row with real sockets and processes and compares it with the output of
` + "`lotop why`" + `. In the table the port is always 3000, every PID is 4411, and the user is not root.

| blocked by | cause | verdict | what ` + "`lotop why 3000`" + ` says | what to do |
|---|---|---|---|---|
`

// blockCase is a way in which a port can be held.
type blockCase struct {
	name    string
	cause   bind.Cause // of the first holder, empty for none
	verdict bind.Verdict
	skip    func() string // why it cannot be built here, empty if it can
	build   func(b *caseEnv)
}

// caseEnv is where a way is built.
type caseEnv struct {
	*testing.T
	service      *Service
	target       bind.Target
	unprivileged bool // to be asked as a user without any rights
	// inEphemeralRange is set if the system chose the port. It may have given it to a
	// connection of another test as well: then another one is taken.
	ephemeralPort bool
	// tamper changes what was read of the system, for what only the real init or
	// the kernel could do.
	tamper func(*bind.Evidence)
}

func (b *caseEnv) port() string { return strconv.Itoa(int(b.target.Port)) }

// at is an address with the port.
func (b *caseEnv) at(host string) string { return host + ":" + b.port() }

// as starts a process that looks like one that people know.
func (b *caseEnv) as(args ...string) *socketstest.Process {
	return socketstest.Start(b, socketstest.Name(args[0]), socketstest.Args(args...))
}

func parentOf(t testing.TB, pid int) int {
	t.Helper()
	p, err := process.NewReader("").Read(pid)
	if err != nil {
		t.Fatal(err)
	}
	return p.Parent
}

func sessionOf(t testing.TB, pid int) int {
	t.Helper()
	session, err := unix.Getsid(pid)
	if err != nil {
		t.Fatal(err)
	}
	return session
}

// TestHolders builds every way and compares what lotop says with the table.
func TestHolders(t *testing.T) {
	rows := map[string]string{}
	text, err := os.ReadFile(table)
	if err != nil && !*update {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if cells := strings.Split(line, " | "); len(cells) == 5 {
			rows[strings.TrimPrefix(cells[0], "| ")] = line
		}
	}
	written := tableHead
	for _, w := range blockCases() {
		t.Run(w.name, func(t *testing.T) {
			if why := w.skip; why != nil && why() != "" {
				t.Skip(why())
			}
			got := w.row(t)
			if want := rows[w.name]; got != want && !*update {
				t.Errorf("lotop says\n%sthe table\n%s", got, want)
			}
			rows[w.name] = got
		})
		written += rows[w.name]
	}
	if *update {
		if err := os.WriteFile(table, []byte(written), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if written != string(text) {
		t.Errorf("%s is not the table of these tests: run them with -update, as root and as an ordinary user", table)
	}
}

// blockerCount is how many hold a port that the system chose.
func (w *blockCase) blockerCount() int {
	if w.cause == "" {
		return 0
	}
	return 1
}

// row builds the way, asks, and writes the row of the table.
func (w *blockCase) row(t *testing.T) string {
	protocol := sockets.TCP
	if strings.Contains(w.name, "UDP") {
		protocol = sockets.UDP
	}
	b := &caseEnv{T: t, service: newService(), target: bind.Target{Protocol: protocol, Hosts: bind.AnyHost()}}
	b.target.Port = socketstest.FreePort(t, protocol.String())
	w.build(b)
	d := b.diagnose()
	for tries := 0; b.ephemeralPort && len(d.Blockers) > w.blockerCount() && tries < 20; tries++ {
		w.build(b)
		d = b.diagnose()
	}
	cause := bind.Cause("")
	if len(d.Blockers) > 0 {
		cause = d.Blockers[0].Cause
	}
	if cause != w.cause || d.Verdict != w.verdict {
		t.Errorf("cause %q, verdict %q; want %q and %q", cause, d.Verdict, w.cause, w.verdict)
	}
	says := append([]string{ui.WhyAnswer(&d).String()}, d.Notes...)
	var todo []string
	for _, r := range d.AllRemedies() {
		words := r.Text()
		if r.Action == bind.CloseConnection {
			words = "sudo " + strings.TrimPrefix(words, "sudo ") // root is not told to
		}
		todo = append(todo, words)
	}
	if cause == "" {
		cause = "—"
	}
	return b.anonymize(fmt.Sprintf("| %s | %s | %s | %s | %s |\n", w.name, cause, d.Verdict,
		strings.Join(says, "<br>"), strings.Join(todo, "<br>")))
}

var (
	pids           = regexp.MustCompile(`\(\d+\)`)
	ephemeral      = regexp.MustCompile(`127\.0\.0\.1:\d{4,5}`)
	seconds        = regexp.MustCompile(`(another|wait) \d+( ?s)`)
	addresses      = regexp.MustCompile(`local addresses: [0-9a-f.:, ]*[0-9a-f]`)
	ephemeralRange = regexp.MustCompile(`port range \(\d+-\d+\)`)
	reserved       = regexp.MustCompile(`local_reserved_ports=[0-9,-]*`)
)

// anonymize takes out what is another each time and on each machine.
func (b *caseEnv) anonymize(s string) string {
	s = regexp.MustCompile(`\b`+b.port()+`\b`).ReplaceAllString(s, "3000")
	s = pids.ReplaceAllStringFunc(s, func(pid string) string {
		if pid == "(1)" {
			return pid
		}
		return "(4411)"
	})
	s = seconds.ReplaceAllString(s, "${1} 41$2")
	s = addresses.ReplaceAllString(s, "local addresses: 127.0.0.1, …")
	s = ephemeralRange.ReplaceAllString(s, "port range (32768-60999)")
	s = reserved.ReplaceAllString(s, "local_reserved_ports=3000")
	return ephemeral.ReplaceAllStringFunc(s, func(a string) string {
		if strings.HasSuffix(a, ":3000") {
			return a
		}
		return "127.0.0.1:51234"
	})
}

func (b *caseEnv) diagnose() (d bind.Diagnosis) {
	b.Helper()
	ask := func() error {
		ctx := context.Background()
		e, _, err := b.service.collect(ctx, b.target)
		if err != nil {
			return err
		}
		e.Connects = connectResults(ctx, e, false)
		if b.tamper != nil {
			b.tamper(e)
			b.service.findDelegations(ctx, e)
		}
		d = bind.Diagnose(*e)
		return nil
	}
	if b.unprivileged && os.Geteuid() == 0 {
		ask = asUser(65534, ask)
	}
	if err := ask(); err != nil {
		b.Fatal(err)
	}
	return d
}

// asUser lets f run with the rights of a user. They belong to a thread, which
// ends with f.
func asUser(id int, f func() error) func() error {
	return func() error {
		done := make(chan error)
		go func() {
			runtime.LockOSThread() // for good: no other test gets this thread
			_, _, e1 := unix.RawSyscall(unix.SYS_SETGROUPS, 0, 0, 0)
			_, _, e2 := unix.RawSyscall(unix.SYS_SETRESGID, uintptr(id), uintptr(id), uintptr(id))
			_, _, e3 := unix.RawSyscall(unix.SYS_SETRESUID, uintptr(id), uintptr(id), uintptr(id))
			if err := errors.Join(errnoOf(e1), errnoOf(e2), errnoOf(e3)); err != nil {
				done <- err
				return
			}
			done <- f()
		}()
		return <-done
	}
}

func errnoOf(e syscall.Errno) error {
	if e == 0 {
		return nil
	}
	return e
}
