package cli

import (
	"encoding/json"
	"errors"
	"net"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"lotop/sockets/socketstest"
)

// Two thousand connections are summed up in a line, and all are in the JSON.
func TestWhyManyConnections(t *testing.T) {
	t.Parallel()
	const many = 2000
	port := strconv.Itoa(int(socketstest.FreePort(t, "tcp")))
	l, err := net.Listen("tcp4", "127.0.0.1:"+port)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for range many {
		c, err := net.Dial("tcp4", l.Addr().String())
		if errors.Is(err, syscall.EMFILE) {
			t.Skip("may not open so many files:", err)
		}
		if err != nil {
			t.Fatal(err)
		}
		a, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		// A reset leaves no TIME_WAIT for the tests that follow.
		_ = c.(*net.TCPConn).SetLinger(0)
		defer c.Close()
	}
	start := time.Now()
	r := execute(t, lotop(t, "why", port))
	took := time.Since(start)
	if r.code != 1 || strings.Count(r.out, "\n") > 25 || !strings.Contains(r.out, "127.0.0.1:"+port+" ↔ 2000 connections") {
		t.Errorf("exit %d, %d lines:\n%s", r.code, strings.Count(r.out, "\n"), r.out)
	}
	var why struct{ Holders []object }
	r = execute(t, lotop(t, "why", "--json", port))
	if err := json.Unmarshal([]byte(r.out), &why); err != nil || len(why.Holders) != many+1 {
		t.Errorf("%d holders, %v", len(why.Holders), err)
	}
	checkSaid(t, "free", execute(t, lotop(t, "free", port, "--dry-run")), 2, "↔ 2000 connections", "lotop runs inside it")
	t.Logf("why took %v", took)
}
