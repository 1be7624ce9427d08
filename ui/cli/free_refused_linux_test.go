package cli

import (
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"lotop/sockets/socketstest"
)

// asUser makes the command another user's.
func asUser(cmd *exec.Cmd, uid uint32) *exec.Cmd {
	cmd.Path = "/proc/self/exe" // the folder of the binary may be closed to others
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	return cmd
}

func TestFreeOtherUsers(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can be two users")
	}
	p, port := server(t)
	r := execute(t, asUser(lotop(t, "free", port, "--yes"), 65534))
	checkSaid(t, "as nobody", r, 2, "owned by another user", "sudo lotop free", "cannot free the port")
	checkAlive(t, p, true)
}

// The test itself listens, and lotop runs inside it.
func TestFreeAncestor(t *testing.T) {
	t.Parallel()
	port := strconv.Itoa(int(socketstest.FreePort(t, "tcp")))
	l, err := net.Listen("tcp4", "127.0.0.1:"+port)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	free(t, 2, port+" --yes --force", "lotop runs inside it", "cannot free the port")
	if _, err := l.Accept(); err != nil {
		t.Error("the connection was closed although the listener stays:", err)
	}
}

func TestFreeBadInput(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ target, says string }{
		{"99999", "ports range from 1 to 65535"},
		{"-1", "ports range from 1 to 65535"},
		{"0", "port 0 means any free port"},
		{"abc:def", "def is not a port number"},
		{"", "invalid target \"\": empty"},
		{"[::1", "missing ]"},
		{"[::1]", "missing port after ]"},
		{"::1", "need brackets"},
		{"example.org:80", "is not an IP address; the only name supported is localhost"},
		{"1\x1b[2J", `1\x1b[2J is not a port number`},
	} {
		for _, command := range []string{"free", "why"} {
			r := execute(t, lotop(t, command, c.target))
			checkSaid(t, command+" "+c.target, r, 2, c.says)
			if r.out != "" || strings.Count(r.err, "\n") != 1 {
				t.Errorf("%s %q: %q, %q", command, c.target, r.out, r.err)
			}
		}
	}
	free(t, 2, "", "missing target")
	free(t, 2, "80 99999", "ports range from 1 to 65535")
	checkSaid(t, "why", execute(t, lotop(t, "why", "host")), 2, "host is not a port number")
}
