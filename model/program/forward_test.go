package program

import (
	"net/netip"
	"testing"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

func listening(at string) *sockets.Socket {
	return &sockets.Socket{Protocol: sockets.TCP, State: sockets.Listen, Local: netip.MustParseAddrPort(at)}
}

func bound(at string) *sockets.Socket {
	return &sockets.Socket{Protocol: sockets.UDP, State: sockets.Unconn, Local: netip.MustParseAddrPort(at)}
}

var sessionArgs = `session-manager-plugin | {"SessionId":"ada-1","TokenValue":"SECRET"} | eu-west-1 | StartSession | work | ` +
	`{"Target":"i-0123","DocumentName":"AWS-StartPortForwardingSession","Parameters":{"portNumber":["80"],"localPortNumber":["8080"]}} | ` +
	`https://ssm.eu-west-1.amazonaws.com`

var sessionHostArgs = `session-manager-plugin | {"TokenValue":"SECRET"} | eu-west-1 | StartSession |  | ` +
	`{"Target":"i-0123","Parameters":{"host":["db.internal"],"portNumber":["5432"],"localPortNumber":["15432"]}} | https://x`

var forwardTests = []struct {
	line, at, to string // "-" for no forward
	kind         ForwardKind
}{
	// ssh
	{"ssh -N -L 15432:localhost:5432 root@db", "127.0.0.1:15432", "root@db:5432", SSHLocal},
	{"ssh -N -L 15432:localhost:5432 root@db", "[::1]:15432", "root@db:5432", SSHLocal},
	{"ssh -N -L 15432:localhost:5432 root@db", "127.0.0.1:15433", "-", 0},
	{"ssh -NfL8080:db:80 ada@bastion", "127.0.0.1:8080", "db:80 via ada@bastion", SSHLocal},
	{"ssh -p 2222 -J jump -i key -L 8080:127.0.0.1:80 web", "127.0.0.1:8080", "web:80", SSHLocal},
	{"ssh web -L 8080:127.0.0.1:80 sleep 1000", "127.0.0.1:8080", "web:80", SSHLocal},
	{"ssh web run -L 8080:127.0.0.1:80", "127.0.0.1:8080", "-", 0},
	{"ssh -L 8080:127.0.0.1:80 -L 9090:[::1]:90 -l ada web", "[::1]:9090", "ada@web:90", SSHLocal},
	{"ssh -L 127.0.0.2:8080:a:1 -L 127.0.0.3:8080:b:2 web", "127.0.0.3:8080", "b:2 via web", SSHLocal},
	{"ssh -g -L *:8080:a:1 web", "0.0.0.0:8080", "a:1 via web", SSHLocal},
	{"ssh -L [::1]:8080:[2001:db8::1]:80 web", "[::1]:8080", "[2001:db8::1]:80 via web", SSHLocal},
	{"ssh -L 2375:/var/run/docker.sock ada@build", "127.0.0.1:2375", "ada@build:/var/run/docker.sock", SSHLocal},
	{"ssh -L localhost:2375:/run/a:b.sock build", "127.0.0.1:2375", "build:/run/a:b.sock", SSHLocal},
	{"ssh -L /tmp/a.sock:db:80 build", "127.0.0.1:80", "-", 0},
	{"ssh -L 8080:localhost:80 ssh://ada@web:2222/", "127.0.0.1:8080", "ada@web:80", SSHLocal},
	{"ssh -L 8080:localhost:80 ada@fd00::1", "127.0.0.1:8080", "ada@[fd00::1]:80", SSHLocal},
	{"ssh -L 8080:localhost:80 -- web", "127.0.0.1:8080", "web:80", SSHLocal},
	{"ssh | -o | LocalForward=8080 db:80 | -oUser=ada | web", "127.0.0.1:8080", "db:80 via ada@web", SSHLocal},
	{"ssh -oStrictHostKeyChecking=no -o ConnectTimeout=5 -D 1080 web", "127.0.0.1:1080", "SOCKS via web", SSHDynamic},
	{"ssh -D 127.0.0.1:1080 -C -q web", "127.0.0.1:1080", "SOCKS via web", SSHDynamic},
	{"ssh -R 8080:localhost:80 web", "127.0.0.1:8080", "-", 0},
	{"ssh -W db:80 web", "127.0.0.1:80", "-", 0},
	{"ssh -L 8080:db:80", "127.0.0.1:8080", "-", 0},
	{"ssh web", "127.0.0.1:8080", "-", 0},
	{"ssh -L", "127.0.0.1:8080", "-", 0},
	{"ssh: /home/ada/.ssh/cm-web [mux] | ", "127.0.0.1:8080", "-", 0},
	{"sshd: ada@pts/0 | ", "127.0.0.1:8080", "", SSHRemote},
	{"sshd-session: ada | ", "0.0.0.0:8080", "", SSHRemote},
	{"sshd: ada@pts/0 | ", "127.0.0.1:6010", "-", 0},
	{"sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups | ", "0.0.0.0:22", "-", 0},
	{"sshd: ada [priv] | ", "127.0.0.1:8080", "-", 0},
	{"/usr/sbin/sshd -D", "0.0.0.0:22", "-", 0},
	// kubectl
	{"kubectl port-forward svc/web 8080:80", "127.0.0.1:8080", "svc/web:80", Kubectl},
	{"kubectl -n shop --context=prod port-forward --address 0.0.0.0 deployment/web 8080:80 9090:https", "0.0.0.0:9090", "deployment/web:https", Kubectl},
	{"kubectl port-forward pod/db-0 5432 -n shop", "[::1]:5432", "pod/db-0:5432", Kubectl},
	{"kubectl port-forward svc/web :80", "127.0.0.1:40123", "svc/web:80", Kubectl},
	{"kubectl port-forward svc/web :80 :81", "127.0.0.1:40123", "-", 0},
	{"kubectl port-forward svc/web 8080:80", "127.0.0.1:8081", "-", 0},
	{"k3s kubectl port-forward svc/web 8080:80", "127.0.0.1:8080", "svc/web:80", Kubectl},
	{"minikube kubectl -- port-forward svc/web 8080:80", "127.0.0.1:8080", "svc/web:80", Kubectl},
	{"kubectl proxy --port 8001", "127.0.0.1:8001", "-", 0},
	{"kubectl exec web -- port-forward svc/web 8080:80", "127.0.0.1:8080", "-", 0},
	// socat
	{"socat TCP-LISTEN:5432,fork,bind=127.0.0.1 TCP:db:5432", "127.0.0.1:5432", "db:5432", Socat},
	{"socat TCP-LISTEN:5432,fork,bind=127.0.0.1 TCP:db:5432", "127.0.0.2:5432", "-", 0},
	{"socat -d -d -t 5 tcp4-l:8080,reuseaddr UNIX-CONNECT:/run/app.sock,user=x", "0.0.0.0:8080", "/run/app.sock", Socat},
	{"socat UNIX-CONNECT:/run/app.sock OPENSSL-LISTEN:8443,cert=a.pem,key=b.pem", "[::]:8443", "/run/app.sock", Socat},
	{"socat TCP-LISTEN:80 PROXY:proxy:db:5432,proxyauth=ada:secret", "0.0.0.0:80", "db:5432 via proxy", Socat},
	{"socat | TCP-LISTEN:80 | EXEC:/usr/bin/nc -p secret", "0.0.0.0:80", "nc", Socat},
	{"socat TCP-LISTEN:80 -", "0.0.0.0:80", "-", 0},
	{"socat - TCP:db:5432", "0.0.0.0:5432", "-", 0},
	{"socat UDP-LISTEN:53 UDP:dns:53", "0.0.0.0:53", "-", 0},
	// containers
	{"/usr/bin/docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 8080 -container-ip 172.17.0.2 -container-port 80", "0.0.0.0:8080", "172.17.0.2:80", DockerProxy},
	{"docker-proxy -proto tcp -host-ip :: -host-port 8080 -container-ip fd00::2 -container-port 80 -use-listen-fd", "[::]:8080", "[fd00::2]:80", DockerProxy},
	{"docker-proxy -use-listen-fd -proto tcp -host-ip 127.0.0.1 -host-port 8080 -container-ip 172.17.0.2 -container-port 80", "127.0.0.1:8080", "172.17.0.2:80", DockerProxy},
	{"docker-proxy -proto udp -host-ip 0.0.0.0 -host-port 8080 -container-ip 172.17.0.2 -container-port 80", "0.0.0.0:8080", "-", 0},
	{"rootlessport", "[::]:8080", "", RootlessPort},
	{"slirp4netns --mtu=65520 1234 tap0", "127.0.0.1:8080", "", UserNet},
	{"/usr/bin/pasta --config-net -t 8080-8082:80-82 -u none --netns /run/n", "0.0.0.0:8081", "netns:81", UserNet},
	{"pasta.avx2 -t 127.0.0.1/8080,9090:90", "127.0.0.1:8080", "netns:8080", UserNet},
	{"pasta -t 127.0.0.1/8080,9090:90", "127.0.0.1:9090", "netns:90", UserNet},
	{"pasta --tcp-ports=auto", "127.0.0.1:9090", "netns:9090", UserNet},
	{"pasta -t ~22", "127.0.0.1:9090", "netns:9090", UserNet},
	{"pasta -t ~22", "127.0.0.1:22", "-", 0},
	{"pasta -t none -u 53", "127.0.0.1:53", "-", 0},
	{"qemu-system-x86_64 -nic user,hostfwd=tcp::2222-:22,hostfwd=tcp:127.0.0.1:8080-10.0.2.15:80", "127.0.0.1:8080", "guest:80", VirtualGuest},
	{"qemu-system-aarch64 -netdev user,id=n0,hostfwd=tcp::2222-:22", "0.0.0.0:2222", "guest:22", VirtualGuest},
	{"qemu-system-x86_64 -vnc :1", "0.0.0.0:5901", "-", 0},
	// tunnels
	{"cloudflared access tcp --hostname db.example.com --url 127.0.0.1:9210 --service-token-secret x", "127.0.0.1:9210", "db.example.com", Tunnel},
	{"cloudflared access ssh --hostname=https://db.example.com --url=tcp://localhost:9210", "127.0.0.1:9210", "db.example.com", Tunnel},
	{"cloudflared tunnel run --token secret", "127.0.0.1:20241", "-", 0},
	{"python3 -S /usr/lib/google-cloud-sdk/lib/gcloud.py compute start-iap-tunnel vm-1 22 --local-host-port=localhost:2222 --zone=a", "127.0.0.1:2222", "vm-1:22", Tunnel},
	{"python3 -S /usr/lib/google-cloud-sdk/lib/gcloud.py compute start-iap-tunnel vm-1 22 --listen-on-stdin", "127.0.0.1:2222", "-", 0},
	{sessionArgs, "127.0.0.1:8080", "i-0123:80", Tunnel},
	{sessionHostArgs, "127.0.0.1:15432", "db.internal:5432 via i-0123", Tunnel},
	{sessionArgs, "127.0.0.1:8081", "-", 0},
	{"session-manager-plugin | {} | r | StartSession | p | {", "127.0.0.1:8081", "-", 0},
	{"chisel client --auth ada:secret https://u:p@tun.example.com:8443 5432:db:5432", "0.0.0.0:5432", "db:5432 via tun.example.com:8443", Tunnel},
	{"chisel client tun:8080 127.0.0.1:5432:db:5433 socks", "127.0.0.1:1080", "SOCKS via tun:8080", Tunnel},
	{"chisel client tun:8080 db:5432", "0.0.0.0:5432", "db:5432 via tun:8080", Tunnel},
	{"chisel client tun:8080 R:5432:db:5432", "0.0.0.0:5432", "-", 0},
	{"chisel server --port 8080", "0.0.0.0:8080", "-", 0},
	{"cloud-sql-proxy --port 5433 shop:eu:main shop:eu:log", "127.0.0.1:5434", "shop:eu:log", Tunnel},
	{"cloud-sql-proxy shop:eu:main?port=6000", "127.0.0.1:6000", "shop:eu:main", Tunnel},
	{"cloud_sql_proxy -instances=a:b:c=tcp:3306,d:e:f=tcp:0.0.0.0:3307", "0.0.0.0:3307", "d:e:f", Tunnel},
	{"flyctl proxy 15432:5432 -a shop-db", "127.0.0.1:15432", "shop-db:5432", Tunnel},
	// no forwarders
	{"node server.js -L 3000:db:80", "127.0.0.1:3000", "-", 0},
	{"nginx: master process | ", "0.0.0.0:80", "-", 0},
	{"", "0.0.0.0:80", "-", 0},
}

func TestForwardOf(t *testing.T) {
	for _, c := range forwardTests {
		f, ok := ForwardOf(command("x", c.line), listening(c.at))
		if got := f.To.String(); ok != (c.to != "-") || ok && got != c.to || f.Kind != c.kind {
			t.Errorf("%s at %s: %q of %v, %t; want %q of %v", c.line, c.at, got, f.Kind, ok, c.to, c.kind)
		}
	}
}

func TestForwardOfUDP(t *testing.T) {
	for _, c := range []struct{ line, at, to string }{
		{"socat UDP4-RECVFROM:53,fork UDP4-SENDTO:dns:53", "0.0.0.0:53", "dns:53"},
		{"docker-proxy -proto udp -host-ip 0.0.0.0 -host-port 53 -container-ip 172.17.0.2 -container-port 53", "0.0.0.0:53", "172.17.0.2:53"},
		{"pasta -t none -u 53", "127.0.0.1:53", "netns:53"},
		{"qemu-system-x86_64 -nic user,hostfwd=udp::53-:53", "0.0.0.0:53", "guest:53"},
		{"chisel client tun 53:dns:53/udp", "0.0.0.0:53", "dns:53 via tun"},
		{"ssh -L 53:dns:53 web", "127.0.0.1:53", ""},
		{"kubectl port-forward svc/dns 53", "127.0.0.1:53", ""},
	} {
		if f, _ := ForwardOf(command("x", c.line), bound(c.at)); f.To.String() != c.to {
			t.Errorf("%s: %q, want %q", c.line, f.To, c.to)
		}
	}
}

// A connection of a forwarder is not its listener, though it has the same port.
func TestForwardOfConnection(t *testing.T) {
	s := listening("127.0.0.1:15432")
	s.State, s.Remote = sockets.Established, netip.MustParseAddrPort("127.0.0.1:50000")
	if f, ok := ForwardOf(command("ssh", "ssh -L 15432:localhost:5432 db"), s); ok {
		t.Errorf("%+v", f)
	}
}

func TestForwardIsSanitizedAndCheap(t *testing.T) {
	p := &process.Process{Name: untrusted.New("ssh"), Args: []string{"ssh", "-L80:a\x1b]0;x\a:1", "b\u202e"}}
	if f, ok := ForwardOf(p, listening("127.0.0.1:80")); !ok || f.To.String() != `a\x1b]0;x\x07:1 via b\u202e` {
		t.Errorf("%q, %t", f.To, ok)
	}
	p, s := command("node", "node server.js"), listening("[::1]:80")
	if n := testing.AllocsPerRun(100, func() { ForwardOf(p, s) }); n != 0 {
		t.Errorf("%v allocations for an ordinary process", n)
	}
}
