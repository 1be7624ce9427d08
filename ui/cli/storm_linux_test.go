package cli

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"lotop/sockets/socketstest"
)

// asUserNobody lets a lotop run as an ordinary user, whoever runs the test.
func asUserNobody(cmd *exec.Cmd) *exec.Cmd {
	if os.Getuid() == 0 {
		cmd.Path = "/proc/self/exe" // the folder that go test builds in is closed to others
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	return cmd
}

// tally is what a watch printed of a storm.
type tally struct {
	n     int // connections that closed
	alive int // of which a snapshot had seen that they opened
	lost  int // notices that it said were lost
	twice []string
	wrong []string
	said  string // on standard error

	seen, servers map[string]bool
}

// watchStorm runs a storm with a watch beside it, and counts what that printed.
func watchStorm(t testing.TB, s *socketstest.Burst, each, perSecond int, narrow bool) (tally, time.Duration) {
	t.Helper()
	l := listen(t)
	args := []string{"watch", "--json"}
	if narrow {
		var ports []string
		for _, at := range s.Listeners() {
			ports = append(ports, strconv.Itoa(int(at.Local.Port())))
		}
		args = append(args, fmt.Sprintf("port:%s,%s", strings.Join(ports, ","), portOf(l)))
	}
	w := startWatch(t, l, asUserNobody(lotop(t, args...)))
	took := s.Run(each, perSecond)
	return w.tally(s, each*len(s.Listeners())), took
}

// tally reads what a watch prints of n connections of a storm that is over, and
// ends the watch. The kernel notifies a little later than it closes: the end has
// come when all are printed, or nothing more comes.
func (w *watchProcess) tally(s *socketstest.Burst, n int) tally {
	all := tally{seen: map[string]bool{}, servers: map[string]bool{}}
	for _, l := range s.Listeners() {
		all.servers[l.Local.String()] = true
	}
	for quiet := false; all.n < n && !quiet; {
		select {
		case e, ok := <-w.events:
			all.add(&e)
			quiet = !ok
		case <-time.After(socketstest.Timeout / 2):
			quiet = true
		}
	}
	_ = w.cmd.Process.Signal(os.Interrupt)
	for e := range w.events {
		all.add(&e)
	}
	_ = w.cmd.Wait()
	for _, m := range lostEvents.FindAllSubmatch(w.err.Bytes(), -1) {
		n, _ := strconv.Atoi(string(m[1]))
		all.lost += n
	}
	all.said = string(bytes.TrimSpace(w.err.Bytes()))
	return all
}

// add counts an event if it is the end of a connection of the storm.
func (a *tally) add(e *watchedEvent) {
	server := net.JoinHostPort(e.Socket.Local.Address, strconv.Itoa(e.Socket.Local.Port))
	if e.Event != "closed" || e.Socket.Remote.Port == 0 || !a.servers[server] {
		return
	}
	a.n++
	if !e.Unseen {
		a.alive++
	}
	if a.seen[e.Socket.ID] {
		a.twice = append(a.twice, e.Socket.ID)
	}
	a.seen[e.Socket.ID] = true
	in, out := socketstest.BurstBytes(uint16(e.Socket.Remote.Port))
	switch {
	case e.Received == nil:
		a.wrong = append(a.wrong, fmt.Sprintf("%s client %d: none", server, e.Socket.Remote.Port))
	case *e.Received != in || *e.Sent != out:
		a.wrong = append(a.wrong, fmt.Sprintf("%s client %d: in %d, out %d, want %d and %d", server, e.Socket.Remote.Port, *e.Received, *e.Sent, in, out))
	}
}

var lostEvents = regexp.MustCompile(`about (\d+) events? lost`)

// No connection is missed, printed twice or given bytes that are not its own,
// however short it is, for a user without privileges. Where this machine is too
// busy for a pace the watch says that it lost some; then a slower one counts. So it
// does where two clients had one port in the same moment: which of them was reset
// cannot be told, and a FIN then counts as a byte.
func TestWatchStorm(t *testing.T) {
	if testing.Short() {
		t.Skip("takes several seconds")
	}
	for name, narrow := range map[string]bool{"ports": true, "all": false} {
		t.Run(name, func(t *testing.T) {
			const processes, each = 4, 500
			s := socketstest.NewBurst(t, processes, 20)
			for _, pace := range []int{500, 250, 100} {
				got, took := watchStorm(t, s, each, pace, narrow)
				t.Logf("%d connections in %v: %d told, %d lost, %d seen alive; %s", processes*each, took, got.n, got.lost, got.alive, got.said)
				if len(got.twice) > 0 {
					t.Errorf("told twice: %v", got.twice)
				}
				if told := got.n; told > processes*each || told+got.lost < processes*each {
					t.Errorf("%d told and %d said to be lost of %d", told, got.lost, processes*each)
				}
				if got.lost == 0 && len(got.wrong) == 0 {
					return
				}
				t.Logf("with wrong bytes: %v", got.wrong)
			}
			t.Error("it lost some, or their bytes, at every pace")
		})
	}
}
