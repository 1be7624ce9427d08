package program

import (
	"strings"
	"testing"

	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// What many programs or a user's session depend on is kept; what only starts one
// server again is not.
func TestKeeps(t *testing.T) {
	for command, want := range map[string]bool{
		"":                            true,
		"/sbin/init":                  true,
		"/lib/systemd/systemd --user": true,
		"-zsh":                        true,
		"bash":                        true,
		"/usr/bin/zsh -i":             true,
		"bash -l":                     true,
		"tmux: server":                true,
		"tmux new -s work":            true,
		"sshd: ada@pts/0":             true,
		"/usr/bin/python3 /usr/bin/supervisord -n": true,
		"/usr/bin/dockerd -H fd://":                true,
		"powershell.exe":                           true,

		"bash respawn.sh":                      false,
		"/bin/sh ./respawn.sh":                 false,
		"sh -c while true; do node x.js; done": false,
		"bash -ec node x.js":                   false,
		"node /usr/lib/node_modules/nodemon/bin/nodemon.js server.js": false,
		"npm run dev":                  false,
		"python3 -m flask run --debug": false,
		"supervisor 4100":              false,
	} {
		p := &process.Process{PID: 100, Args: strings.Fields(command)}
		if len(p.Args) > 0 {
			p.Name = untrusted.New(base(p.Args[0]))
		}
		if strings.Contains(command, ": ") {
			p.Args = []string{command} // a title is one argument
		}
		if got := Keeps(p); got != want {
			t.Errorf("%q: kept is %v", command, got)
		}
	}
}
