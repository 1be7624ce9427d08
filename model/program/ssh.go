package program

import (
	"strings"
)

// sshValued are the option letters of ssh(1) that take a value.
const sshValued = "BbcDEeFIiJLlmOopPQRSWw"

// sshCommand is what of ssh's command line matters here.
type sshCommand struct {
	destination string // user@host
	spec        string // of the forward that matches
	kind        ForwardKind
	user        string // of -l or -o User, if the destination has none
}

// sshForward finds the -L or -D, or the -o that means the same, by which ssh listens.
func sshForward(args []string, l listener) (to string, kind ForwardKind) {
	if l.udp {
		return "", NoForward
	}
	c := sshCommand{}
	c.parse(args, l)
	if c.kind == NoForward || c.destination == "" {
		return "", NoForward
	}
	via := c.destination
	if c.user != "" && !strings.Contains(via, "@") {
		via = c.user + "@" + via
	}
	if c.kind == SSHDynamic {
		return "SOCKS via " + via, c.kind
	}
	return sshTarget(c.spec, via), c.kind
}

// parse reads options and the destination. Options may also follow the destination; the
// next argument that is none begins the command for the other side.
func (c *sshCommand) parse(args []string, l listener) {
	for i := 0; i < len(args); i++ {
		a := args[i]
		if a == "--" {
			if c.destination == "" && i+1 < len(args) {
				c.setDestination(args[i+1])
			}
			return
		}
		if len(a) < 2 || a[0] != '-' {
			if c.destination != "" {
				return
			}
			c.setDestination(a)
			continue
		}
		// Letters without a value can stand before one with a value: -NfL8080:db:80.
		for j := 1; j < len(a); j++ {
			if strings.IndexByte(sshValued, a[j]) < 0 {
				continue
			}
			value := a[j+1:]
			if value == "" {
				if i++; i == len(args) {
					return
				}
				value = args[i]
			}
			c.option(a[j], value, l)
			break
		}
	}
}

func (c *sshCommand) option(letter byte, value string, l listener) {
	switch letter {
	case 'L':
		c.forward(SSHLocal, value, l)
	case 'D':
		c.forward(SSHDynamic, value, l)
	case 'l':
		c.user = value
	case 'o':
		// -o LocalForward=8080 db:80, and with a space for the sign.
		value = strings.TrimSpace(value)
		i := strings.IndexAny(value, "= \t")
		if i < 0 {
			return
		}
		key, rest := value[:i], strings.Trim(value[i:], "= \t\"")
		switch {
		case strings.EqualFold(key, "LocalForward"):
			if fields := strings.Fields(rest); len(fields) == 2 {
				c.forward(SSHLocal, fields[0]+":"+fields[1], l)
			}
		case strings.EqualFold(key, "DynamicForward"):
			c.forward(SSHDynamic, rest, l)
		case strings.EqualFold(key, "User") && c.user == "":
			c.user = rest
		}
	}
}

// forward keeps a forward if it is the listener's: [BIND:]PORT of -D, and
// [BIND:]PORT:HOST:PORT or [BIND:]PORT:/SOCKET of -L.
func (c *sshCommand) forward(kind ForwardKind, spec string, l listener) {
	if c.kind != NoForward {
		return
	}
	var f [4]string
	n := splitColons(spec, f[:])
	if kind == SSHLocal {
		if i := strings.Index(spec, ":/"); i >= 0 { // a socket's path may have colons
			n = splitColons(spec[:i], f[:2])
		} else {
			n -= 2
		}
	}
	switch {
	case n == 1 && l.listensAt("", f[0]), n == 2 && l.listensAt(f[0], f[1]):
		c.kind, c.spec = kind, spec
	}
}

// setDestination sets HOST, USER@HOST or ssh://USER@HOST:PORT.
func (c *sshCommand) setDestination(s string) {
	if rest, ok := strings.CutPrefix(s, "ssh://"); ok {
		s = strings.TrimRight(rest, "/")
		if i := strings.LastIndexByte(s, ':'); i > strings.LastIndexAny(s, "@]") {
			s = s[:i]
		}
	}
	c.destination = s
}

// sshTarget returns where the spec of -L leads, through the destination via.
func sshTarget(spec, via string) string {
	if i := strings.Index(spec, ":/"); i >= 0 {
		return bracketed(via) + ":" + spec[i+1:]
	}
	var f [4]string
	n := splitColons(spec, f[:])
	host, port := strings.Trim(f[n-2], "[]"), f[n-1]
	if isLocalhost(host) {
		return bracketed(via) + ":" + port
	}
	return hostPort(host, port) + " via " + via
}

// bracketed puts the IPv6 address of USER@HOST into brackets, before a port.
func bracketed(destination string) string {
	user, host, found := strings.Cut(destination, "@")
	if !found {
		user, host = "", destination
	} else {
		user += "@"
	}
	if strings.Contains(host, ":") && !strings.HasPrefix(host, "[") {
		return user + "[" + host + "]"
	}
	return destination
}

// sshdForward recognizes the sshd of one session, sshd: ada@pts/0. It listens for its
// client's -R, and on loopback from port 6010 on for X11.
func sshdForward(title string, l listener) ForwardKind {
	const firstX11, lastX11 = 6010, 6999
	session, ok := strings.CutPrefix(title, "sshd: ")
	if !ok {
		session, ok = strings.CutPrefix(title, "sshd-session: ")
	}
	// "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups" is the server.
	if !ok || l.udp || session == "" || strings.ContainsAny(session, "[ ") || session[0] == '/' {
		return NoForward
	}
	if port := l.at.Port(); l.at.Addr().IsLoopback() && firstX11 <= port && port <= lastX11 {
		return NoForward
	}
	return SSHRemote
}
