package program

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	"lotop/model/debugger"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// ForwardKind is what forwards a port.
type ForwardKind uint8

// The kinds.
const (
	NoForward    ForwardKind = iota
	SSHLocal                 // ssh -L
	SSHRemote                // sshd, for a client's ssh -R: where that leads only the client knows
	SSHDynamic               // ssh -D, a SOCKS proxy
	Kubectl                  // kubectl port-forward
	Socat                    // socat
	DockerProxy              // docker-proxy, for a published port
	RootlessPort             // rootlessport of Podman, rootlesskit of Docker
	UserNet                  // pasta, passt and slirp4netns
	VirtualGuest             // QEMU's hostfwd
	Tunnel                   // cloudflared access, gcloud IAP, AWS Session Manager, chisel and their like
)

var forwardKindNames = [...]string{
	NoForward: "", SSHLocal: "ssh", SSHRemote: "ssh -R", SSHDynamic: "ssh -D", Kubectl: "kubectl", Socat: "socat",
	DockerProxy: "docker-proxy", RootlessPort: "rootlessport", UserNet: "pasta", VirtualGuest: "qemu", Tunnel: "tunnel",
}

// String returns a word for the kind, empty for NoForward.
func (k ForwardKind) String() string {
	if int(k) < len(forwardKindNames) {
		return forwardKindNames[k]
	}
	return "kind " + strconv.Itoa(int(k))
}

// Forward is where a forwarder's listening port leads.
type Forward struct {
	// To is the other end, such as "root@db:5432", "db:5432 via root@bastion" and
	// "svc/web:80"; empty if the command line does not show it.
	To   untrusted.Text
	Kind ForwardKind
}

// ForwardOf returns where the listening port of s leads if its owner p forwards it by its
// command line; ok is false otherwise. What is only in a configuration file is not found.
// For other processes it costs a comparison of the program's name.
func ForwardOf(p *process.Process, s *sockets.Socket) (f Forward, ok bool) {
	l, ok := listenerOf(s)
	if !ok || len(p.Args) == 0 {
		return Forward{}, false
	}
	var to string
	args := p.Args[1:]
	switch name := debugger.ProgramName(p); name {
	case "ssh", "slogin":
		to, f.Kind = sshForward(args, l)
	case "kubectl", "oc", "k3s", "k0s", "minikube", "microk8s.kubectl":
		to, f.Kind = kubectlForward(args, l)
	case "socat", "socat1":
		to, f.Kind = socatForward(args, l)
	case "docker-proxy":
		to, f.Kind = dockerForward(args, l)
	case "rootlessport", "rootlessport-child", "rootlesskit":
		f.Kind = RootlessPort // it is told the ports through a pipe or a socket
	case "pasta", "pasta.avx2", "passt", "passt.avx2":
		to, f.Kind = pastaForward(args, l)
	case "slirp4netns":
		f.Kind = UserNet // it is told the ports through a socket
	default:
		to, f.Kind = otherForward(p, name, l)
	}
	if f.Kind == NoForward {
		return Forward{}, false
	}
	f.To = untrusted.New(to)
	return f, true
}

func otherForward(p *process.Process, name string, l listener) (to string, kind ForwardKind) {
	switch {
	case strings.HasPrefix(name, "qemu-system-") || name == "qemu-kvm":
		return qemuForward(p.Args[1:], l)
	case strings.HasPrefix(p.Args[0], "sshd"):
		return "", sshdForward(p.Args[0], l)
	}
	to, ok := tunnel(p, name, l)
	if !ok {
		return "", NoForward
	}
	return to, Tunnel
}

// listener is the socket whose forward is looked for.
type listener struct {
	at  netip.AddrPort
	udp bool
}

// listenerOf returns s as a listener. ok is false for connections.
func listenerOf(s *sockets.Socket) (l listener, ok bool) {
	l = listener{netip.AddrPortFrom(s.Local.Addr().Unmap(), s.Local.Port()), s.Protocol == sockets.UDP}
	return l, s.Protocol == sockets.TCP && s.State == sockets.Listen || l.udp && s.State == sockets.Unconn
}

// listensAt reports whether the listener can be the one of that bind address and port. A
// name can stand for any address, and so can no address, which means the program's
// default.
func (l listener) listensAt(bind, port string) bool {
	if n, ok := portNumber(port); !ok || n != l.at.Port() {
		return false
	}
	a, err := netip.ParseAddr(strings.Trim(bind, "[]"))
	if err != nil || a.IsUnspecified() {
		return true
	}
	return a.Unmap().WithZone("") == l.at.Addr().WithZone("")
}

// portNumber parses a port other than 0.
func portNumber(s string) (port uint16, ok bool) {
	if s == "" || s[0] == '+' {
		return 0, false
	}
	n, err := strconv.ParseUint(s, 10, 16)
	return uint16(n), err == nil && n != 0
}

// isLocalhost reports whether a host is the very machine on which the name is used.
func isLocalhost(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}

// hostPort joins a host, which may be in brackets, and a port.
func hostPort(host, port string) string {
	return net.JoinHostPort(strings.Trim(host, "[]"), port)
}

// splitColons splits s at colons outside of brackets into the fields of dst, and returns
// how many there are, or 0 if dst has too few.
func splitColons(s string, dst []string) int {
	n, begin, depth := 0, 0, 0
	for i := 0; i <= len(s); i++ {
		switch {
		case i < len(s) && s[i] == '[':
			depth++
		case i < len(s) && s[i] == ']':
			depth--
		case i == len(s) || s[i] == ':' && depth <= 0:
			if n == len(dst) {
				return 0
			}
			dst[n] = s[begin:i]
			n, begin = n+1, i+1
		}
	}
	return n
}
