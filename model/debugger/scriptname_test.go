package debugger

import (
	"strings"
	"testing"

	"lotop/sockets/process"
)

var programTests = []struct{ command, want string }{
	{"node server.js", "server"},
	{"/usr/bin/node --inspect=9229 -r dotenv/config /srv/app/vite.mjs --port 3000", "vite"},
	{"node --import tsx ./src/main.ts", "main"},
	{"nodejs app", "app"},
	{"node -e require('http')", ""},
	{"node -p 1", ""},
	{"node", ""},
	{"node --version", ""},
	{"python3.12 -u -W ignore manage.py runserver", "manage"},
	{"python -m http.server 8000", "http.server"},
	{"python -m", ""},
	{"python3 -um http.server", "http.server"},
	{"python3 -c -m x", ""},
	{"python3 --m x", "x"},
	{"node --title secret app.js", "app"},
	{"python3 -c import\x20os", ""},
	{"python3 .py", ".py"},
	{"pypy3 app.py", "app"},
	{"ruby -I lib bin/rails server", "rails"},
	{"perl -w -I lib daemon.pl", "daemon"},
	{"php -S localhost:8000 -t public router.php", "router"},
	{"php -f job.php", "job"},
	{"deno run --allow-net main.ts", "main"},
	{"bun run dev", "dev"},
	{"dotnet exec Shop.dll", "Shop"},
	{"dotnet Shop.dll", "Shop"},
	{"/bin/sh -e /opt/start.sh", "start"},
	{"bash -o pipefail run", "run"},
	{"bash -c exec\x20nc", ""},
	{"-bash", ""},
	{"java -Xmx512m -cp a.jar:b.jar org.gradle.launcher.daemon.bootstrap.GradleDaemon 8.5", "GradleDaemon"},
	{"java -jar /opt/jenkins.war", "jenkins.war"},
	{"java @options -jar app.jar", "app"},
	{"java -p mods -m shop/com.shop.Main", "com.shop.Main"},
	{"java Main.java", "Main"},
	{`C:\Python\python.exe app.py`, "app"},
	{"nginx: master process", ""},
	{"nodemon app.js", ""},
	{"postgres -D data", ""},
	{"lua script.lua", "script"},
}

func TestScriptName(t *testing.T) {
	for _, tt := range programTests {
		p := &process.Process{Args: strings.Split(tt.command, " ")}
		if got := ScriptName(p); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.command, got, tt.want)
		}
	}
	for _, args := range [][]string{nil, {""}, {"node", ""}, {"", "x"}, {"python", "-m", ""}} {
		if got := ScriptName(&process.Process{Args: args}); got != "" {
			t.Errorf("%q: %q", args, got)
		}
	}
}

// The arguments before and after the script are needed to recognize a tool, and its path
// is as it was written.
func TestScriptOf(t *testing.T) {
	for _, c := range []struct {
		command, path string
		kind          ScriptKind
		options, args int
	}{
		{"node --watch ./src/server.js --port 3000", "./src/server.js", ScriptFile, 1, 2},
		{"python3 -u -m http.server 8000", "http.server", ScriptModule, 2, 1},
		{"java -cp a.jar org.gradle.launcher.daemon.bootstrap.GradleDaemon 8.5", "org.gradle.launcher.daemon.bootstrap.GradleDaemon", ScriptClass, 2, 1},
		{"java -jar /opt/app.jar", "/opt/app.jar", ScriptFile, 1, 0},
		{"deno run --allow-net main.ts", "main.ts", ScriptFile, 2, 0},
	} {
		s, ok := ScriptOf(&process.Process{Args: strings.Split(c.command, " ")})
		if !ok || s.Path != c.path || s.Kind != c.kind || len(s.Options) != c.options || len(s.Args) != c.args {
			t.Errorf("%s: %+v, %t", c.command, s, ok)
		}
	}
}
