//go:build linux

package socketstest

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// startLoad opens n sockets at address (port 0): about one in fifty a
// listener, the others connections to these, with both ends in this process.
func (c *child) startLoad(address string, n int) error {
	if err := raiseFileLimit(n + 64); err != nil {
		return err
	}
	listeners := min(1+n/50, n)
	if (n-listeners)%2 == 1 {
		listeners++
	}
	for range listeners {
		s, err := open(request{
			Do: cmdListen, Network: "tcp4", Address: address, Options: []SockOption{ReuseAddr},
		})
		if err != nil {
			return err
		}
		c.listeners = append(c.listeners, s.FD)
	}
	for range (n - listeners) / 2 {
		if err := c.addPair(); err != nil {
			return err
		}
	}
	return nil
}

// addPair connects to the listeners in turn, each time from a port that the
// kernel chooses. Both ends reset the connection when they close, so that
// nothing remains.
func (c *child) addPair() error {
	l := c.listeners[len(c.pairs)%len(c.listeners)]
	to, err := sockInfo(l)
	if err != nil {
		return err
	}
	client, err := open(request{Do: cmdConnect, Network: "tcp4", Address: to.Local.String()})
	if err != nil {
		return err
	}
	server, err := accept(l)
	if err != nil {
		return err
	}
	if server.Remote != client.Local {
		return fmt.Errorf("%s: unexpected connection from %s", to.Local, server.Remote)
	}
	c.pairs = append(c.pairs, [2]int{client.FD, server.FD})
	if err := linger0(client.FD); err != nil {
		return err
	}
	return linger0(server.FD)
}

// churn replaces the oldest pairs, n sockets in all or one less, and returns
// how many it replaced.
func (c *child) churn(n int) (int, error) {
	pairs := min(n/2, len(c.pairs))
	for _, pair := range c.pairs[:pairs] {
		for _, fd := range pair {
			if err := unix.Close(fd); err != nil {
				return 0, err
			}
		}
	}
	c.pairs = append(c.pairs[:0], c.pairs[pairs:]...)
	for range pairs {
		if err := c.addPair(); err != nil {
			return 0, err
		}
	}
	return 2 * pairs, nil
}

// raiseFileLimit raises the limit of open files to n if it is lower.
func raiseFileLimit(n int) error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	if limit.Cur >= uint64(n) {
		return nil
	}
	limit.Cur, limit.Max = uint64(n), max(limit.Max, uint64(n))
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return fmt.Errorf("allow %d open files: %w", n, err)
	}
	return nil
}
