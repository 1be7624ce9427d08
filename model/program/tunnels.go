package program

import (
	"encoding/json"
	"strings"

	"lotop/model/debugger"
	"lotop/sockets/process"
)

// tunnel returns where a client of a tunnel service leads a port. name is its program.
func tunnel(p *process.Process, name string, l listener) (to string, ok bool) {
	args := p.Args[1:]
	switch name {
	case "cloudflared":
		return cloudflaredTunnel(args, l)
	case "chisel":
		return chiselTunnel(args, l)
	case "session-manager-plugin":
		return sessionManagerTunnel(args, l)
	case "cloud-sql-proxy", "cloud_sql_proxy":
		return cloudSQLTunnel(args, l)
	case "fly", "flyctl":
		return flyTunnel(args, l)
	}
	if s, found := debugger.ScriptOf(p); found && s.Interpreter == "python" && base(s.Path) == "gcloud.py" {
		return gcloudTunnel(s.Args, l)
	}
	return "", false
}

// flagValue returns the value of the first of those options, as --name=value or
// --name value.
func flagValue(args []string, names ...string) string {
	for i, a := range args {
		for _, name := range names {
			rest, found := strings.CutPrefix(a, name)
			switch {
			case !found:
			case rest == "" && i+1 < len(args):
				return args[i+1]
			case rest != "" && rest[0] == '=':
				return rest[1:]
			}
		}
	}
	return ""
}

// hostOf returns HOST or HOST:PORT of a URL or an address, without user and password.
func hostOf(where string) string {
	if _, rest, ok := strings.Cut(where, "://"); ok {
		where = rest
	}
	where, _, _ = strings.Cut(where, "/")
	where, _, _ = strings.Cut(where, "?")
	return where[strings.LastIndexByte(where, '@')+1:]
}

// listensAtAddress is listensAt for HOST:PORT.
func (l listener) listensAtAddress(address string) bool {
	i := strings.LastIndexByte(address, ':')
	return i >= 0 && l.listensAt(address[:i], address[i+1:])
}

// cloudflaredTunnel reads cloudflared access tcp --hostname HOST --url LISTEN.
func cloudflaredTunnel(args []string, l listener) (to string, ok bool) {
	if len(args) < 2 || args[0] != "access" || l.udp {
		return "", false
	}
	switch args[1] {
	case "tcp", "ssh", "rdp", "smb":
	default:
		return "", false
	}
	host := hostOf(flagValue(args, "--hostname", "--tunnel-host", "-T"))
	where := hostOf(flagValue(args, "--url", "--listener", "-L"))
	return host, host != "" && l.listensAtAddress(where)
}

// gcloudTunnel reads gcloud compute start-iap-tunnel INSTANCE PORT
// --local-host-port=HOST:PORT.
func gcloudTunnel(args []string, l listener) (to string, ok bool) {
	for i, a := range args {
		if a != "start-iap-tunnel" || i+2 >= len(args) || l.udp {
			continue
		}
		instance, port := args[i+1], args[i+2]
		if _, isPort := portNumber(port); !isPort || strings.HasPrefix(instance, "-") {
			return "", false
		}
		return instance + ":" + port, l.listensAtAddress(flagValue(args, "--local-host-port"))
	}
	return "", false
}

// sessionManagerTunnel reads what aws ssm start-session gives its plugin: the session, a
// secret; region, StartSession and profile; then the request in JSON.
func sessionManagerTunnel(args []string, l listener) (to string, ok bool) {
	const request = 4
	if len(args) <= request || l.udp {
		return "", false
	}
	var r struct {
		Target     string
		Parameters struct {
			Host      []string `json:"host"`
			Port      []string `json:"portNumber"`
			LocalPort []string `json:"localPortNumber"`
		}
	}
	if json.Unmarshal([]byte(args[request]), &r) != nil {
		return "", false
	}
	p := r.Parameters
	if len(p.Port) != 1 || len(p.LocalPort) != 1 || !l.listensAt("", p.LocalPort[0]) {
		return "", false
	}
	if len(p.Host) == 1 {
		return hostPort(p.Host[0], p.Port[0]) + " via " + r.Target, true
	}
	return r.Target + ":" + p.Port[0], r.Target != ""
}

// chiselTunnel reads chisel client [OPTION…] SERVER [[HOST:]PORT:]HOST:PORT… A remote that
// begins with R: listens at the server.
func chiselTunnel(args []string, l listener) (to string, ok bool) {
	if len(args) == 0 || args[0] != "client" {
		return "", false
	}
	server := ""
	for i := 1; i < len(args); i++ {
		switch a := args[i]; {
		case strings.HasPrefix(a, "-"):
			switch strings.TrimLeft(a, "-") {
			case "fingerprint", "auth", "keepalive", "max-retry-count", "max-retry-interval", "proxy", "header", "hostname",
				"sni", "tls-ca", "tls-key", "tls-cert":
				i++
			}
		case server == "":
			server = hostOf(a)
		default:
			if to, ok = chiselRemote(a, server, l); ok {
				return to, true
			}
		}
	}
	return "", false
}

func chiselRemote(remote, server string, l listener) (to string, ok bool) {
	remote, udp := strings.CutSuffix(remote, "/udp")
	remote = strings.TrimSuffix(remote, "/tcp")
	var f [4]string
	n := splitColons(remote, f[:])
	if n == 0 || udp != l.udp || f[0] == "R" || f[0] == "stdio" {
		return "", false
	}
	if f[n-1] == "socks" {
		bind, port := "", "1080"
		switch n {
		case 2:
			port = f[0]
		case 3:
			bind, port = f[0], f[1]
		}
		return "SOCKS via " + server, n < 4 && l.listensAt(bind, port)
	}
	switch n {
	case 1: // the same port at the server
		return server + " port " + f[0], l.listensAt("", f[0])
	case 2:
		// 8080:80 are ports of both sides, db:5432 is the same port here.
		if _, isPort := portNumber(f[0]); isPort {
			return server + " port " + f[1], l.listensAt("", f[0])
		}
		return f[0] + ":" + f[1] + " via " + server, l.listensAt("", f[1])
	case 3:
		return f[1] + ":" + f[2] + " via " + server, l.listensAt("", f[0])
	}
	return f[2] + ":" + f[3] + " via " + server, l.listensAt(f[0], f[1])
}

// cloudSQLTunnel reads cloud-sql-proxy --port PORT INSTANCE or INSTANCE?port=PORT, and the
// -instances=INSTANCE=tcp:PORT of its first version.
func cloudSQLTunnel(args []string, l listener) (to string, ok bool) {
	if l.udp {
		return "", false
	}
	for spec := range strings.SplitSeq(flagValue(args, "-instances", "--instances"), ",") {
		instance, where, _ := strings.Cut(spec, "=tcp:")
		if where != "" && l.listensAt("", where[strings.LastIndexByte(where, ':')+1:]) {
			return instance, true
		}
	}
	// The instances after the first get the following ports; each is PROJECT:REGION:NAME.
	first, isPort := portNumber(flagValue(args, "--port", "-p"))
	n := uint16(0)
	for _, a := range args {
		instance, query, _ := strings.Cut(a, "?")
		if strings.HasPrefix(a, "-") || strings.Count(instance, ":") != 2 || !isWord(instance) {
			continue
		}
		for parameter := range strings.SplitSeq(query, "&") {
			if port, found := strings.CutPrefix(parameter, "port="); found && l.listensAt("", port) {
				return instance, true
			}
		}
		if isPort && !strings.Contains(query, "port=") {
			if first+n == l.at.Port() {
				return instance, true
			}
			n++
		}
	}
	return "", false
}

// flyTunnel reads fly proxy LOCAL[:REMOTE] [HOST] -a APP.
func flyTunnel(args []string, l listener) (to string, ok bool) {
	if len(args) < 2 || args[0] != "proxy" || l.udp {
		return "", false
	}
	local, remote, both := strings.Cut(args[1], ":")
	if !both {
		remote = local
	}
	app := flagValue(args, "--app", "-a")
	if len(args) > 2 && !strings.HasPrefix(args[2], "-") {
		app = args[2]
	}
	return app + ":" + remote, app != "" && l.listensAt("", local)
}

// qemuForward reads the hostfwd=tcp:[HOST]:PORT-[GUEST]:PORT of -nic and -netdev user.
func qemuForward(args []string, l listener) (to string, kind ForwardKind) {
	for i, a := range args {
		if i == 0 || a == "" || (args[i-1] != "-nic" && args[i-1] != "-netdev" && args[i-1] != "-net") {
			continue
		}
		for option := range strings.SplitSeq(a, ",") {
			rule, ok := strings.CutPrefix(option, "hostfwd=")
			if !ok {
				continue
			}
			host, guest, _ := strings.Cut(rule, "-")
			protocol, where, _ := strings.Cut(host, ":")
			if l.udp != (protocol == "udp") || !l.listensAtAddress(where) {
				continue
			}
			return "guest:" + guest[strings.LastIndexByte(guest, ':')+1:], VirtualGuest
		}
	}
	return "", NoForward
}
