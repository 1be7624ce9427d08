package program

import "strings"

// socatForward finds in socat's two addresses the one that listens; the other is where it
// leads.
func socatForward(args []string, l listener) (to string, kind ForwardKind) {
	var addresses [2]string
	n := 0
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case len(a) > 1 && a[0] == '-':
			switch a {
			case "-b", "-t", "-T", "-L", "-W", "-r", "-R", "-S", "-lf", "-lp":
				i++
			}
		case n == len(addresses):
			return "", NoForward // it has exactly two
		default:
			addresses[n] = a
			n++
		}
	}
	if n < len(addresses) {
		return "", NoForward
	}
	target := ""
	switch {
	case socatListens(addresses[0], l):
		target = socatTarget(addresses[1])
	case socatListens(addresses[1], l):
		target = socatTarget(addresses[0])
	}
	if target == "" {
		return "", NoForward
	}
	return target, Socat
}

// cutAddress splits KEYWORD:PARAMETERS,OPTION,… of socat.
func cutAddress(address string) (keyword, parameters, options string) {
	address, options, _ = strings.Cut(address, ",")
	keyword, parameters, _ = strings.Cut(address, ":")
	return keyword, parameters, options
}

// socatListens reports whether an address of socat listens there.
func socatListens(address string, l listener) bool {
	keyword, port, options := cutAddress(address)
	rest, udp := cutPrefixFold(keyword, "UDP")
	if !udp {
		found := false
		for _, family := range [...]string{"TCP", "OPENSSL", "SSL"} {
			if rest, found = cutPrefixFold(keyword, family); found {
				break
			}
		}
		if !found {
			return false
		}
	}
	rest = strings.TrimPrefix(strings.TrimPrefix(rest, "4"), "6")
	listens := strings.EqualFold(rest, "-LISTEN") || strings.EqualFold(rest, "-L") ||
		udp && (strings.EqualFold(rest, "-RECVFROM") || strings.EqualFold(rest, "-RECV"))
	if !listens || udp != l.udp {
		return false
	}
	bind := ""
	for option := range strings.SplitSeq(options, ",") {
		if value, ok := cutPrefixFold(option, "bind="); ok {
			bind = value
		}
	}
	return l.listensAt(bind, port)
}

// socatTarget returns where an address of socat leads: an address, a path, or the program
// that is started. It is empty for standard input and the like.
func socatTarget(address string) string {
	keyword, to, _ := cutAddress(address)
	switch strings.ToUpper(keyword) {
	case "TCP", "TCP4", "TCP6", "TCP-CONNECT", "TCP4-CONNECT", "TCP6-CONNECT", "OPENSSL", "OPENSSL-CONNECT", "SSL",
		"UDP", "UDP4", "UDP6", "UDP-CONNECT", "UDP4-CONNECT", "UDP6-CONNECT", "UDP-SENDTO", "UDP4-SENDTO", "UDP6-SENDTO",
		"UNIX", "UNIX-CONNECT", "UNIX-CLIENT", "UNIX-SENDTO", "ABSTRACT-CONNECT", "VSOCK-CONNECT", "VSOCK",
		"FILE", "OPEN", "GOPEN":
		return to
	case "PROXY", "PROXY-CONNECT", "SOCKS", "SOCKS4", "SOCKS4A", "SOCKS5", "SOCKS5-CONNECT":
		var f [4]string
		switch splitColons(to, f[:]) {
		case 3:
			return f[1] + ":" + f[2] + " via " + f[0]
		case 4: // SOCKS5 has the port of the proxy, too
			return f[2] + ":" + f[3] + " via " + f[0]
		}
	case "EXEC", "SYSTEM", "SHELL":
		// The rest of the command may have secrets.
		if command := strings.Fields(to); len(command) > 0 && isWord(command[0]) {
			return base(command[0])
		}
	default:
		if strings.HasPrefix(keyword, "/") {
			return keyword // a path alone is GOPEN
		}
	}
	return ""
}

func cutPrefixFold(s, prefix string) (after string, found bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}
