package program

import (
	"testing"

	"lotop/sockets/process"
)

const spawned = "python3 | -c | from multiprocessing.spawn import spawn_main; spawn_main(tracker_fd=5) | --multiprocessing-fork"

// The first of the parents is the nearest; want is the index of the restarter, -1 for
// none.
var restarterTests = []struct {
	child   string
	parents []string
	want    int
}{
	// node
	{"node server.js", []string{"node /x/node_modules/.bin/nodemon server.js", "-zsh"}, 0},
	{"node server.js", []string{"sh | -c | node server.js", "node /x/node_modules/nodemon/bin/nodemon.js", "npm run dev | "}, 1},
	{"node server.js", []string{"sh | -c | node server.js & node b.js", "node /x/node_modules/.bin/nodemon"}, -1},
	{"node server.js", []string{"sh | -c | cd x && node server.js 2>&1", "npm run dev | ", "node /x/node_modules/.bin/nodemon"}, 2},
	{"node server.js", []string{"sh start.sh", "runsv web"}, -1},
	{"node server.js", []string{"node --watch server.js", "zsh"}, 0},
	{"node server.js", []string{"node --watch-path=./src server.js"}, 0},
	{"node server.js", []string{"node server.js --watch"}, -1},
	{"node --import tsx a.ts", []string{"node /x/node_modules/.bin/tsx watch a.ts"}, 0},
	{"node --import tsx a.ts", []string{"node /x/node_modules/tsx/dist/cli.mjs a.ts"}, -1},
	{"node dist/main", []string{"node /x/node_modules/.bin/nest start --watch"}, 0},
	{"node dist/main", []string{"node /x/node_modules/.bin/nest start -w"}, 0},
	{"node dist/main", []string{"node /x/node_modules/.bin/nest start"}, -1},
	{"node app.js", []string{"PM2 v5.3.0: God Daemon (/root/.pm2) | "}, 0},
	{"node app.js", []string{"node /usr/lib/node_modules/pm2/lib/Daemon.js"}, 0},
	{"node app.js", []string{"node /x/node_modules/forever/bin/monitor app.js"}, 0},
	{"esbuild --serve", []string{"node server.js", "node /x/node_modules/.bin/nodemon server.js"}, -1},
	{"node vite", []string{"node /x/node_modules/.bin/vite"}, -1},
	{"node server.js", []string{"node nodemon.config.js"}, -1},
	// supervisors
	{"redis-server", []string{"python3 /usr/bin/supervisord -n"}, 0},
	{"redis-server", []string{"supervisord"}, 0},
	{"web", []string{"runsv web", "runsvdir /service"}, 0},
	{"web", []string{"s6-supervise web"}, 0},
	{"mysqld", []string{"/bin/sh /usr/bin/mysqld_safe"}, 0},
	{"node api.js", []string{"sh ./respawn.sh"}, 0},
	{"node api.js", []string{"bash | -c | while true; do node api.js; done"}, 0},
	{"node api.js", []string{"bash | -c | node api.js; while true"}, -1},
	{"node api.js", []string{"-bash", "python3 /usr/bin/supervisord"}, -1},
	{"node api.js", []string{"zsh", "node /x/node_modules/.bin/nodemon"}, -1},
	{"node api.js", []string{"sshd: ada@pts/0 | ", "supervisord"}, -1},
	{"web", []string{"ruby /usr/bin/foreman start"}, -1},
	{"web", []string{"python3 /usr/bin/honcho start"}, -1},
	{"web", []string{"hivemind"}, -1},
	// watchers
	{"shop", []string{"/home/ada/go/bin/air", "go tool air"}, 0},
	{"shop", []string{"go tool air"}, 0},
	{"shop", []string{"go run .", "watchexec -r go run ."}, 1},
	{"shop", []string{"go run .", "reflex -s go run ."}, 1},
	{"shop", []string{"entr -rs ./shop"}, 0},
	{"shop", []string{"entr shop -r"}, -1},
	{"shop", []string{"cargo run", "cargo-watch watch -x run", "cargo watch -x run"}, 1},
	{"shop", []string{"dotnet /usr/share/dotnet/sdk/8/DotnetTools/dotnet-watch/dotnet-watch.dll run"}, 0},
	// python
	{spawned, []string{"python3 /venv/bin/uvicorn app:app --reload"}, 0},
	{spawned, []string{"python3 -m uvicorn app:app --reload --port 8000"}, 0},
	{spawned, []string{"python3 /venv/bin/uvicorn app:app --workers 4"}, -1},
	{spawned, []string{"python3 /venv/bin/fastapi dev main.py"}, 0},
	{"/venv/bin/python3 /venv/bin/flask run --debug", []string{"python3 /venv/bin/flask run --debug"}, 0},
	{"python3 -m flask --debug run", []string{"python3 -m flask --debug run"}, 0},
	{"python3 /venv/bin/flask run", []string{"python3 /venv/bin/flask run"}, -1},
	{"python3 worker.py", []string{"python3 /venv/bin/flask run --debug"}, -1},
	{"python3 manage.py runserver", []string{"python3 manage.py runserver"}, 0},
	{"python3 manage.py runserver --noreload", []string{"python3 manage.py runserver --noreload"}, -1},
	{"python3 prefork.py", []string{"python3 prefork.py"}, -1},
	{"python3 app.py", []string{"python3 /venv/bin/watchmedo auto-restart -- python3 app.py"}, 0},
	// masters
	{"python3 /venv/bin/gunicorn app:app", []string{"python3 /venv/bin/gunicorn app:app"}, 0},
	{"gunicorn: worker [app] | ", []string{"gunicorn: master [app] | "}, 0},
	{"nginx: worker process | ", []string{"nginx: master process /usr/sbin/nginx | "}, 0},
	{"cgi", []string{"nginx: master process /usr/sbin/nginx | "}, -1},
	{"php-fpm: pool www | ", []string{"php-fpm: master process (/etc/php-fpm.conf) | "}, 0},
	{"puma: cluster worker 0: 12 [shop] | ", []string{"puma 6.4.0 (tcp://0.0.0.0:3000) [shop] | "}, 0},
	{"uwsgi --master --http :80", []string{"uwsgi --master --http :80"}, 0},
	{"uwsgi --http :80", []string{"uwsgi --http :80"}, -1},
	{"apache2 -k start", []string{"/usr/sbin/apache2 -k start"}, 0},
	// none
	{"node x", []string{"python3 /venv/bin/reflex run"}, -1},
	{"node x", []string{"python3 air.py"}, -1},
	{"node server.js", nil, -1},
	{"node server.js", []string{""}, -1},
	{"node server.js", []string{"/sbin/init"}, -1},
	{"node server.js", []string{"systemd --user"}, -1},
}

func TestRestarter(t *testing.T) {
	for _, c := range restarterTests {
		var parents []*process.Process
		for _, line := range c.parents {
			parents = append(parents, command("x", line))
		}
		got, at := Restarter(command("x", c.child), parents), -1
		for i, p := range parents {
			if got == p {
				at = i
			}
		}
		if at != c.want || got != nil && at < 0 {
			t.Errorf("%q below %q: %d, want %d", c.child, c.parents, at, c.want)
		}
	}
	if got := Restarter(command("x", "x"), []*process.Process{nil, command("x", "air")}); got != nil {
		t.Error("a parent that could not be read is passed over")
	}
}

func TestRestarterIsCheap(t *testing.T) {
	p := command("node", "node server.js")
	parents := []*process.Process{command("sh", "sh | -c | node server.js"), command("zsh", "-zsh"), command("tmux", "tmux")}
	if n := testing.AllocsPerRun(100, func() { Restarter(p, parents) }); n != 0 {
		t.Errorf("%v allocations for an ordinary process", n)
	}
}
