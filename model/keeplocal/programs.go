package keeplocal

import (
	"strings"

	"lotop/model/debugger"
	"lotop/sockets/process"
)

// programs are the servers that are programs of their own. Above each is the page of its
// documentation that has the option.
var programs = []server{
	// https://redis.io/docs/latest/operate/oss_and_stack/management/security/#network-security
	{names: []string{"redis-server"}, advice: "bind 127.0.0.1 in redis.conf, or --bind 127.0.0.1"},
	// https://valkey.io/topics/security/
	{names: []string{"valkey-server"}, advice: "bind 127.0.0.1 in valkey.conf, or --bind 127.0.0.1"},
	// https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-LISTEN-ADDRESSES
	{names: []string{"postgres", "postmaster"}, advice: "listen_addresses = 'localhost' in postgresql.conf"},
	// https://www.mongodb.com/docs/manual/core/security-mongodb-configuration/
	{names: []string{"mongod"}, advice: "net.bindIp: 127.0.0.1 in mongod.conf, or --bind_ip 127.0.0.1"},
	{names: []string{"mongos"}, advice: "net.bindIp: 127.0.0.1 in mongos.conf, or --bind_ip 127.0.0.1"},
	// https://dev.mysql.com/doc/refman/en/server-system-variables.html#sysvar_bind_address
	// https://mariadb.com/kb/en/configuring-mariadb-for-remote-client-access/
	{names: []string{"mysqld", "mariadbd"}, advice: "bind-address = 127.0.0.1 in my.cnf, or --bind-address=127.0.0.1"},
	// https://docs.memcached.org/serverguide/configuring/#networking
	{names: []string{"memcached"}, advice: "memcached -l 127.0.0.1"},
	// https://min.io/docs/minio/linux/reference/minio-server/minio-server.html
	{names: []string{"minio"}, commands: []string{"server"}, advice: "minio server --address 127.0.0.1:PORT, or --console-address for its console"},
	// https://prometheus.io/docs/prometheus/latest/command-line/prometheus/
	{names: []string{"prometheus"}, advice: "prometheus --web.listen-address=127.0.0.1:PORT"},
	// https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/#http_addr
	{names: []string{"grafana", "grafana-server"}, advice: "http_addr = 127.0.0.1 in grafana.ini"},
	// https://docs.ollama.com/faq#how-can-i-expose-ollama-on-my-network
	{names: []string{"ollama"}, commands: []string{"serve"}, advice: "OLLAMA_HOST=127.0.0.1 ollama serve"},

	// https://nginx.org/en/docs/http/ngx_http_core_module.html#listen
	{names: []string{"nginx"}, advice: "listen 127.0.0.1:PORT; in nginx.conf"},
	// https://httpd.apache.org/docs/2.4/bind.html
	{names: []string{"apache2", "httpd"}, advice: "Listen 127.0.0.1:PORT in its configuration"},
	// https://caddyserver.com/docs/command-line
	{names: []string{"caddy"}, commands: []string{"file-server", "respond"}, advice: "caddy {} --listen 127.0.0.1:PORT"},
	// https://caddyserver.com/docs/caddyfile/directives/bind
	{names: []string{"caddy"}, commands: []string{"run", "start"}, advice: "bind 127.0.0.1 in the Caddyfile"},
	// https://gohugo.io/commands/hugo_server/
	{names: []string{"hugo"}, commands: []string{"server", "serve"}, advice: "hugo server --bind 127.0.0.1"},
	// sshd_config(5)
	{names: []string{"sshd"}, advice: "ListenAddress 127.0.0.1 in sshd_config"},
	// cupsd.conf(5)
	{names: []string{"cupsd"}, advice: "Listen localhost:PORT in cupsd.conf"},
}

// DebugServer returns how the debug server that p is or contains is kept to this machine,
// as Advice does for a server; empty if it is not known how. A process can be both: node
// --inspect vite.
func DebugServer(p *process.Process) string {
	d, ok := debugger.Recognize(p)
	if !ok {
		return ""
	}
	switch d.Name {
	case "delve": // https://github.com/go-delve/delve/blob/master/Documentation/usage/dlv.md
		return "dlv --listen=127.0.0.1:PORT"
	case "debugpy": // https://github.com/microsoft/debugpy#debugpy-cli-usage
		return "debugpy --listen 127.0.0.1:PORT"
	case "node inspector", // https://nodejs.org/api/cli.html#--inspecthostport
		"deno inspector": // https://docs.deno.com/runtime/fundamentals/debugging/
		return "--inspect=127.0.0.1:PORT"
	case "bun inspector": // https://bun.com/docs/runtime/debugger
		return "--inspect=localhost:PORT"
	case "jdwp": // https://docs.oracle.com/en/java/javase/21/docs/specs/jpda/conninv.html
		return "address=127.0.0.1:PORT in -agentlib:jdwp"
	case "gdbserver":
		if debugger.ParseCommand(p).Program == "debugserver" {
			return "" // Apple's
		}
		// remote_prepare in gdbserver/remote-utils.cc of GDB binds to the wildcard,
		// whatever host it is given; on a pipe it does not listen.
		return "gdbserver - PROGRAM on a pipe, in gdb: target remote |"
	case "lldb-server": // https://lldb.llvm.org/man/lldb-server.html
		if c := debugger.ParseCommand(p); len(c.Args) > 0 && strings.HasPrefix(c.Args[0], "p") {
			return "lldb-server platform --listen 127.0.0.1:PORT"
		}
		return "lldb-server gdbserver 127.0.0.1:PORT"
	case "rdbg": // https://github.com/ruby/debug#remote-debugging
		return "rdbg --open --host 127.0.0.1"
	case "rdebug-ide": // https://github.com/ruby-debug/ruby-debug-ide#usage
		return "rdebug-ide --host 127.0.0.1"
	case "chrome devtools": // https://chromedevtools.github.io/devtools-protocol/
		// Without the option it is 127.0.0.1; most versions ignore it.
		return "leave out --remote-debugging-address"
	}
	return ""
}
