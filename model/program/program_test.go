package program

import (
	"slices"
	"strings"
	"testing"

	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// command makes a process from the kernel's name and a command line; " | " separates
// arguments where one of them has a space.
func command(name, line string) *process.Process {
	args := strings.Fields(line)
	if strings.Contains(line, " | ") {
		args = strings.Split(line, " | ")
	}
	args = slices.DeleteFunc(args, func(a string) bool { return a == "|" })
	return &process.Process{PID: 4411, Name: untrusted.New(name), Args: args, Command: untrusted.New(line)}
}

func TestName(t *testing.T) {
	for _, c := range []struct{ name, line, want string }{
		{"node", "node server.js", "node server.js"},
		{"MainThread", "/usr/bin/node --inspect=127.0.0.1:9229 /srv/shop/server.js --password hunter2", "node server.js"},
		{"node", "node --import tsx src/main.ts password=x", "node main.ts"},
		{"node-MainThread", "node", "node"},
		{"node", "node -e require('http')", "node"},
		{"node", "node /home/ada/web/node_modules/.bin/vite --port 5173", "node vite"},
		{"node", "node node_modules/.bin/vite", "node vite"},
		{"node", "node /home/ada/web/node_modules/vite/bin/vite.js", "node vite"},
		{"node", "node /home/ada/web/node_modules/next/dist/bin/next dev", "node next"},
		{"node", "node /x/node_modules/tsx/dist/cli.mjs watch a.ts", "node tsx"},
		{"node", "node /x/node_modules/react-scripts/scripts/start.js", "node react-scripts"},
		{"node", "node /x/node_modules/@angular/cli/bin/ng.js serve", "node ng"},
		{"node", "node /x/node_modules/@nestjs/cli/lib/x.js", "node cli"},
		{"node", "node /x/node_modules/typescript/bin/tsc -w", "node tsc"},
		{"node", "node /x/my_node_modules/vite/bin/vite.js", "node vite.js"},
		{"node", "node /usr/bin/npm run dev", "npm run dev"},
		{"node /srv/serve", "node /srv/server.js | ", "node server.js"},
		{"node password=h", "node password=hunter2 | ", "node password=h"},
		{"npm run dev", "npm run dev", "npm run dev"},
		{"npm run dev-ser", "npm run dev-server | ", "npm run dev-server"},
		{"node", "node /usr/lib/node_modules/npm/bin/npm-cli.js --prefix web run start:dev -- --token x", "npm run start:dev"},
		{"node", "node /usr/bin/npm --otp 123456 publish", "npm"},
		{"node", "node /usr/bin/npm config set //registry/:_authToken=x", "npm config"},
		{"node", "node /usr/bin/yarn dev", "yarn dev"},
		{"node", "node /srv/.yarn/releases/yarn-4.1.0.cjs workspace web dev", "yarn workspace"},
		{"node", "node /usr/bin/pnpm --filter web run dev", "pnpm run dev"},
		{"node", "node /usr/bin/npx serve", "npx serve"},
		{"bun", "bun run dev", "bun run dev"},
		{"bun", "bun run server.ts", "bun server.ts"},
		{"bun", "bun server.ts", "bun server.ts"},
		{"deno", "deno run --allow-net main.ts", "deno main.ts"},
		{"python3", "python3 -m http.server 8000", "python3 -m http.server"},
		{"python3", "python3 -um http.server 8000", "python3 -m http.server"},
		{"python3.12", "/usr/bin/python3.12 -u /srv/chat.py secret", "python3.12 chat.py"},
		{"python3", "python3 /opt/debugpy/adapter/__main__.py", "python3 adapter"},
		{"python3", "python3 manage.py runserver", "python3 manage.py"},
		{"python3", "python3 -c import\x20os", "python3"},
		{"gunicorn", "/venv/bin/python3 /venv/bin/gunicorn app:app", "gunicorn"},
		{"gunicorn: maste", "gunicorn: master [app:app]", "gunicorn"},
		{"chat.py", "/usr/bin/python3 ./chat.py", "chat.py"},
		{"flask", "/venv/bin/python /venv/bin/flask run", "flask"},
		{"java", "java -Xmx512m -cp a.jar:b.jar org.gradle.launcher.daemon.bootstrap.GradleDaemon 8.5", "java GradleDaemon"},
		{"java", "java -jar /opt/shop/app.jar --password=x", "java app.jar"},
		{"java", "java -p mods -m shop/com.shop.Main", "java com.shop.Main"},
		{"bash", "bash ./run.sh", "bash run.sh"},
		{"bash", "bash /dev/fd/3", "bash"},
		{"bash", "-bash", "bash"},
		{"sh", "sh | -c | exec nc -l 80", "sh"},
		{"ruby", "ruby bin/rails server", "ruby rails"},
		{"dotnet", "dotnet run --project x", "dotnet run"},
		{"__debug_bin1346", "/home/ada/orders/__debug_bin1346812", "orders"},
		{"debug.test13468", "/home/ada/cart/debug.test1346812", "cart.test"},
		{"redis-server", "/usr/bin/redis-server 127.0.0.1:6379", "redis-server"},
		{"redis-server", "/usr/bin/redis-server 127.0.0.1:6379 | ", "redis-server"},
		{"chromium", "/usr/lib/chromium/chromium --remote-debugging-port=9222", "chromium"},
		{"nginx", "nginx: master process /usr/sbin/nginx -g daemon off; | ", "nginx"},
		{"postgres", "postgres: checkpointer | ", "postgres"},
		{"next-server (v1", "next-server (v14.1.0) | ", "next-server"},
		{"prometheus-node", "/usr/bin/prometheus-node-exporter --web", "prometheus-node-exporter"},
		{"prometheus-node", "prometheus-node password=hunter2 | ", "prometheus-node"},
		{"kworker/0:1", "", "kworker/0:1"},
		{"x", "", "x"},
	} {
		if got := Name(command(c.name, c.line)).String(); got != c.want {
			t.Errorf("%s %q is called %q, want %q", c.name, c.line, got, c.want)
		}
	}
}

func TestNameUnder(t *testing.T) {
	p := command("__debug_bin1346", "/home/ada/orders/__debug_bin1346812")
	for _, c := range []struct{ line, want string }{
		{"dlv debug --headless dbg.go", "dbg.go"},
		{"dlv debug --headless ./cmd/shop", "shop"},
		{"dlv debug --headless", "orders"},
		{"dlv dap --listen=:2345", "orders"},
		{"strace -f x", "orders"},
	} {
		if got := NameUnder(p, command("dlv", c.line)).String(); got != c.want {
			t.Errorf("under %q: %q, want %q", c.line, got, c.want)
		}
	}
	if got := NameUnder(p, nil).String(); got != "orders" {
		t.Errorf("without a tracer: %q", got)
	}
	if got := NameUnder(command("shop", "./shop"), command("dlv", "dlv exec --headless ./shop")).String(); got != "shop" {
		t.Errorf("another program under delve: %q", got)
	}
}

func TestNote(t *testing.T) {
	dlv := command("dlv", "dlv debug --headless dbg.go")
	for _, c := range []struct {
		state  byte
		tracer *process.Process
		want   string
	}{
		{'S', nil, ""},
		{'S', dlv, "under dlv"},
		{'t', dlv, "under dlv, paused"},
		{'t', nil, "paused by a debugger"},
		{'T', nil, "suspended"},
		{0, command("gdb", "gdb -p 12"), "under gdb"},
	} {
		p := command("shop", "./shop")
		p.State = c.state
		if got := Note(p, c.tracer).String(); got != c.want {
			t.Errorf("state %c, tracer %v: %q, want %q", c.state, c.tracer, got, c.want)
		}
	}
}

func TestLeads(t *testing.T) {
	others := map[int32]*process.Process{5133: command("__debug_bin1346", "/home/ada/orders/__debug_bin1346812")}
	for _, c := range []struct {
		line   string
		tracee int
		want   string
	}{
		{"dlv debug --headless dbg.go", 5133, "dbg.go (5133)"},
		{"dlv debug --headless", 5133, "orders (5133)"},
		{"dlv exec --headless ./bin/shop", 0, "shop"},
		{"dlv attach --headless 6146", 0, "PID 6146"},
		{"dlv dap --listen=:2345", 0, ""},
		{"node --inspect server.js", 0, ""},
		{"node server.js", 0, ""},
		{"shop", 5133, ""},
	} {
		p := command("x", c.line)
		p.Tracee = c.tracee
		if got := Leads(p, func(pid int32) *process.Process { return others[pid] }).String(); got != c.want {
			t.Errorf("%s leads to %q, want %q", c.line, got, c.want)
		}
	}
}

// A name is text from outside, and costs no more than that text.
func TestNameIsSanitized(t *testing.T) {
	if got := Name(&process.Process{Name: untrusted.New("node"), Args: []string{"node", "a\x1b[2Jb\u202e.js"}}).String(); got != `node a\x1b[2Jb\u202e.js` {
		t.Errorf("%q", got)
	}
	for _, c := range []struct {
		name, line string
		most       float64
	}{
		{"redis-server", "/usr/bin/redis-server *:6379", 0},
		{"chromium", "/usr/lib/chromium/chromium --remote-debugging-port=9222", 0},
		{"node", "node /srv/server.js", 1},
		{"node", "node /x/node_modules/.bin/vite", 1},
		{"python3", "python3 -m http.server", 1},
	} {
		p := command(c.name, c.line)
		if got := testing.AllocsPerRun(100, func() { Name(p) }); got > c.most {
			t.Errorf("%s: %v allocations, want at most %v", c.line, got, c.most)
		}
	}
}
