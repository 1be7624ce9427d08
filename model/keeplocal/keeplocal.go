// Package keeplocal tells by which option or setting a known server listens on this
// machine only. It recognizes servers by their command lines alone.
package keeplocal

import (
	"slices"
	"strings"

	"lotop/model/debugger"
	"lotop/sockets/process"
)

// Port stands in an advice for the port of the socket, which the advice does not know.
const Port = "PORT"

// Advice returns how the server p is kept to this machine: an option or setting to start
// it with, such as "vite --host 127.0.0.1"; empty if the program is not known. It has
// Port where the port of the socket belongs, and no untrusted text.
func Advice(p *process.Process) string {
	c := debugger.ParseCommand(p)
	if s := find(&c); s != nil {
		return s.advise(&c)
	}
	if c, ok := title(p); ok {
		if s := find(&c); s != nil {
			return s.advise(&c)
		}
	}
	switch {
	case c.Interpreter == "php":
		return builtinPHP(p.Args[1:])
	case c.Interpreter == "java":
		return javaServer(c.Script)
	case c.Program == "docker-proxy":
		return dockerProxy(&c)
	}
	if p.PID == 1 && p.Name.Raw() == "systemd" {
		// systemd.socket(5): the owner of a socket whose service has not started yet.
		return "127.0.0.1:" + Port + " as the address in its .socket unit"
	}
	if d, ok := debugger.Recognize(p); ok && d.ServesOnly() {
		return DebugServer(p)
	}
	return ""
}

// server is a program that is known.
type server struct {
	names []string // of the program, or of the script that an interpreter runs
	// in are the interpreters; none for a program of its own. The process can also call
	// itself by the name alone, as webpack does.
	in []string
	// commands are the subcommands that listen; none if any does.
	commands []string
	advice   string // with {} for the subcommand
}

// title returns what a process calls itself instead of showing its arguments: "puma
// 6.4.2 (tcp://0.0.0.0:3000) [shop]", "/usr/bin/redis-server *:6379", "gunicorn: master [shop]".
func title(p *process.Process) (c debugger.Command, ok bool) {
	if len(p.Args) == 0 {
		return c, false
	}
	words := strings.Fields(p.Args[0])
	if len(words) < 2 {
		return c, false
	}
	words[0] = strings.TrimSuffix(words[0], ":")
	return debugger.ParseCommand(&process.Process{Args: words}), true
}

// find returns the server that a command runs, or nil.
func find(c *debugger.Command) *server {
	for _, table := range [][]server{scripts, programs} {
		for i := range table {
			if table[i].runs(c) {
				return &table[i]
			}
		}
	}
	return nil
}

func (s *server) runs(c *debugger.Command) bool {
	name := c.Program
	if c.Script != "" && slices.Contains(s.in, c.Interpreter) {
		name = c.Script
	}
	return slices.Contains(s.names, name) && (s.commands == nil || s.command(c) != "")
}

// command returns the subcommand. It may stand behind options of the program, of which
// this package does not know the values.
func (s *server) command(c *debugger.Command) string {
	for _, a := range c.Args {
		if slices.Contains(s.commands, a) {
			return a
		}
	}
	return ""
}

func (s *server) advise(c *debugger.Command) string {
	return strings.ReplaceAll(s.advice, "{}", s.command(c))
}

// builtinPHP recognizes the web server in php, and that of artisan, which runs it.
// https://www.php.net/manual/en/features.commandline.webserver.php
// https://laravel.com/docs/artisan
func builtinPHP(args []string) string {
	if !slices.Contains(args, "-S") {
		return ""
	}
	for _, a := range args {
		if strings.Contains(strings.ReplaceAll(a, `\`, "/"), "laravel/framework/") {
			return "php artisan serve --host=127.0.0.1"
		}
	}
	return "php -S 127.0.0.1:" + Port
}

// javaServer knows servers by their main class.
func javaServer(class string) string {
	switch class[strings.LastIndexByte(class, '.')+1:] {
	case "Elasticsearch": // https://www.elastic.co/guide/en/elasticsearch/reference/current/modules-network.html
		return "network.host: 127.0.0.1 in elasticsearch.yml"
	case "OpenSearch": // https://docs.opensearch.org/latest/install-and-configure/configuring-opensearch/network-settings/
		return "network.host: 127.0.0.1 in opensearch.yml"
	}
	return ""
}

// dockerProxy advises to publish the port of a container on loopback only.
// https://docs.docker.com/engine/network/port-publishing/
func dockerProxy(c *debugger.Command) string {
	inside, _ := c.Option("-container-port")
	if inside == "" || strings.Trim(inside, "0123456789") != "" {
		inside = "…"
	}
	return "docker run -p 127.0.0.1:" + Port + ":" + inside
}
