package keeplocal

import (
	"strings"
	"testing"

	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// of returns a process with these arguments, separated by "|".
func of(args string) *process.Process {
	return &process.Process{PID: 4411, Args: strings.Split(args, "|")}
}

func TestScripts(t *testing.T) {
	for args, want := range map[string]string{
		"node|/home/ada/shop/node_modules/.bin/vite|--host":                                                     "vite --host 127.0.0.1",
		"/usr/bin/node|/home/ada/shop/node_modules/vite/bin/vite.js|dev|--port|3001":                            "vite dev --host 127.0.0.1",
		"node|--inspect|node_modules/.bin/vite|preview":                                                         "vite preview --host 127.0.0.1",
		"bun|run|node_modules/.bin/vite":                                                                        "vite --host 127.0.0.1",
		"node|/home/ada/shop/node_modules/.bin/next|dev":                                                        "next dev -H 127.0.0.1",
		"node|/home/ada/shop/node_modules/.bin/next":                                                            "next dev -H 127.0.0.1",
		"next-server (v15.1.0)||||||":                                                                           "next dev -H 127.0.0.1, or next start -H 127.0.0.1",
		"node|/home/ada/shop/node_modules/.bin/nuxt|dev":                                                        "nuxt dev --host 127.0.0.1",
		"/usr/bin/node|/home/ada/node_modules/@nuxt/cli/bin/nuxi.mjs|_dev|--port|1":                             "nuxt dev --host 127.0.0.1",
		"node|node_modules/.bin/webpack|serve|--mode|development":                                               "webpack serve --host 127.0.0.1",
		"webpack||||||||||||":                                                                                   "webpack serve --host 127.0.0.1",
		"node|node_modules/.bin/webpack-dev-server|--hot":                                                       "webpack-dev-server --host 127.0.0.1",
		"node|node_modules/.bin/astro|dev|--host":                                                               "astro dev --host 127.0.0.1",
		"node|node_modules/.bin/astro|build":                                                                    "",
		"ng serve --host 0.0.0.0|||||":                                                                          "ng serve --host 127.0.0.1",
		"node|/usr/lib/node_modules/@angular/cli/bin/ng.js|serve":                                               "ng serve --host 127.0.0.1",
		"node|/home/ada/node_modules/.bin/parcel|src/index.html":                                                "parcel --host 127.0.0.1",
		"node|node_modules/.bin/vue-cli-service|serve":                                                          "vue-cli-service serve --host 127.0.0.1",
		"node|node_modules/.bin/storybook|dev|-p|6006":                                                          "storybook dev --host 127.0.0.1",
		"node|/usr/bin/http-server|-p|8080":                                                                     "http-server -a 127.0.0.1",
		"python3|-m|http.server|8000":                                                                           "python -m http.server --bind 127.0.0.1",
		"/venv/bin/python|/venv/bin/flask|--app|shop|run|--host=0.0.0.0":                                        "flask run --host 127.0.0.1",
		"/venv/bin/python|-m|flask|run":                                                                         "flask run --host 127.0.0.1",
		"/venv/bin/python|-m|flask|shell":                                                                       "",
		"/venv/bin/python|manage.py|runserver|0.0.0.0:8000":                                                     "manage.py runserver 127.0.0.1:PORT",
		"/venv/bin/python3.12|/srv/shop/manage.py|runserver|--noreload":                                         "manage.py runserver 127.0.0.1:PORT",
		"/venv/bin/python|manage.py|migrate":                                                                    "",
		"/venv/bin/python|-m|django|runserver":                                                                  "django-admin runserver 127.0.0.1:PORT",
		"/venv/bin/python|/venv/bin/uvicorn|shop:app|--host|0.0.0.0":                                            "uvicorn --host 127.0.0.1",
		`C:\venv\Scripts\python.exe|C:\venv\Scripts\uvicorn.exe|shop:app`:                                       "uvicorn --host 127.0.0.1",
		"/venv/bin/python|/venv/bin/fastapi|run|main.py":                                                        "fastapi run --host 127.0.0.1",
		"/venv/bin/python|/venv/bin/hypercorn|shop:app":                                                         "hypercorn --bind 127.0.0.1:PORT",
		"/venv/bin/python|/venv/bin/gunicorn|-b|0.0.0.0:8000|shop.wsgi":                                         "gunicorn --bind 127.0.0.1:PORT",
		"gunicorn: master [shop.wsgi]":                                                                          "gunicorn --bind 127.0.0.1:PORT",
		"/usr/bin/python3|/usr/bin/jupyter-lab|--ip=0.0.0.0":                                                    "jupyter lab --ip=127.0.0.1",
		"/usr/bin/python3|-m|jupyter|notebook":                                                                  "jupyter notebook --ip=127.0.0.1",
		"/usr/bin/python3|/usr/bin/jupyter-notebook":                                                            "jupyter notebook --ip=127.0.0.1",
		"ruby|bin/rails|server|-b|0.0.0.0":                                                                      "rails server -b 127.0.0.1",
		"ruby|bin/rails|console":                                                                                "",
		"puma 6.4.2 (tcp://0.0.0.0:3000) [shop]||||":                                                            "rails server -b 127.0.0.1, or puma -b tcp://127.0.0.1:PORT",
		"puma: cluster worker 0: 4411 [shop]":                                                                   "rails server -b 127.0.0.1, or puma -b tcp://127.0.0.1:PORT",
		"/usr/bin/ruby3.2|/usr/local/bin/jekyll|serve|--livereload":                                             "jekyll serve --host 127.0.0.1",
		"php|-S|0.0.0.0:8000|-t|public":                                                                         "php -S 127.0.0.1:PORT",
		"/usr/bin/php8.2|-S|0.0.0.0:8000|router.php":                                                            "php -S 127.0.0.1:PORT",
		"php|-S|0.0.0.0:8000|/srv/shop/vendor/laravel/framework/src/Illuminate/Foundation/resources/server.php": "php artisan serve --host=127.0.0.1",
		"php|artisan|queue:work":                                                                                "",
		"/usr/share/elasticsearch/jdk/bin/java|-Xms1g|-p|/usr/share/elasticsearch/lib|-m|org.elasticsearch.server/org.elasticsearch.bootstrap.Elasticsearch": "network.host: 127.0.0.1 in elasticsearch.yml",
		"/usr/bin/java|-cp|/usr/share/opensearch/lib/*|org.opensearch.bootstrap.OpenSearch|-d":                                                               "network.host: 127.0.0.1 in opensearch.yml",
	} {
		if got := Advice(of(args)); got != want {
			t.Errorf("%s:\n got %q, want %q", args, got, want)
		}
	}
}

func TestPrograms(t *testing.T) {
	for args, want := range map[string]string{
		"/usr/bin/redis-server *:6379":                                             "bind 127.0.0.1 in redis.conf, or --bind 127.0.0.1",
		"redis-server|--port|6380":                                                 "bind 127.0.0.1 in redis.conf, or --bind 127.0.0.1",
		"redis-server 0.0.0.0:6379||||":                                            "bind 127.0.0.1 in redis.conf, or --bind 127.0.0.1",
		"/usr/bin/valkey-server|/etc/valkey/valkey.conf":                           "bind 127.0.0.1 in valkey.conf, or --bind 127.0.0.1",
		"/usr/lib/postgresql/16/bin/postgres|-D|/var/lib/postgresql/16/main":       "listen_addresses = 'localhost' in postgresql.conf",
		`C:\Program Files\PostgreSQL\16\bin\postgres.exe|-D|C:\data`:               "listen_addresses = 'localhost' in postgresql.conf",
		"/usr/bin/mongod|--config|/etc/mongod.conf":                                "net.bindIp: 127.0.0.1 in mongod.conf, or --bind_ip 127.0.0.1",
		"/usr/sbin/mysqld":                                                         "bind-address = 127.0.0.1 in my.cnf, or --bind-address=127.0.0.1",
		"/usr/sbin/mariadbd|--user=mysql":                                          "bind-address = 127.0.0.1 in my.cnf, or --bind-address=127.0.0.1",
		"/usr/bin/memcached|-m|64|-p|11211|-u|memcache":                            "memcached -l 127.0.0.1",
		"minio|server|/data|--console-address|:9001":                               "minio server --address 127.0.0.1:PORT, or --console-address for its console",
		"/bin/prometheus|--config.file=/etc/prometheus/prometheus.yml":             "prometheus --web.listen-address=127.0.0.1:PORT",
		"/usr/share/grafana/bin/grafana|server|--config=/etc/grafana/grafana.ini":  "http_addr = 127.0.0.1 in grafana.ini",
		"/usr/local/bin/ollama|serve":                                              "OLLAMA_HOST=127.0.0.1 ollama serve",
		"/usr/local/bin/ollama|run|llama3":                                         "",
		"nginx: master process /usr/sbin/nginx -g daemon on; master_process on;||": "listen 127.0.0.1:PORT; in nginx.conf",
		"/usr/sbin/apache2|-k|start":                                               "Listen 127.0.0.1:PORT in its configuration",
		"caddy|file-server|--browse":                                               "caddy file-server --listen 127.0.0.1:PORT",
		"/usr/bin/caddy|run|--environ|--config|/etc/caddy/Caddyfile":               "bind 127.0.0.1 in the Caddyfile",
		"hugo|server|-D|--bind|0.0.0.0":                                            "hugo server --bind 127.0.0.1",
		"hugo":                                                                     "",
		"sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups|":                 "ListenAddress 127.0.0.1 in sshd_config",
		"/usr/sbin/cupsd|-l":                                                       "Listen localhost:PORT in cupsd.conf",
		"/usr/bin/docker-proxy|-proto|tcp|-host-ip|0.0.0.0|-host-port|8080|-container-ip|172.17.0.2|-container-port|80": "docker run -p 127.0.0.1:PORT:80",
		"/usr/bin/docker-proxy|-container-port|\x1b[2J":                                                                 "docker run -p 127.0.0.1:PORT:…",
		"dlv|dap|--listen=0.0.0.0:2345":                                                                                 "dlv --listen=127.0.0.1:PORT",
		// Their own programs, and what only looks like a known one.
		"node|server.js":                      "",
		"node|--inspect=0.0.0.0|server.js":    "",
		"node|-e|vite":                        "",
		"python3|server.py|uvicorn":           "",
		"sh|/home/ada/node_modules/.bin/vite": "",
		"vim|redis-server":                    "",
		"./api":                               "",
		"/opt/My Tools/bin/serve":             "",
		"":                                    "",
	} {
		if got := Advice(of(args)); got != want {
			t.Errorf("%s:\n got %q, want %q", args, got, want)
		}
	}
	if got := Advice(&process.Process{}); got != "" {
		t.Errorf("a kernel thread: %q", got)
	}
	systemd := &process.Process{PID: 1, Name: untrusted.New("systemd"), Args: []string{"/sbin/init"}}
	if got, want := Advice(systemd), "127.0.0.1:PORT as the address in its .socket unit"; got != want {
		t.Errorf("systemd: %q, want %q", got, want)
	}
}

// A program that is debugged has two servers, and advice for each.
func TestDebugServer(t *testing.T) {
	for args, want := range map[string]string{
		"dlv|debug|--headless|--listen=:2345":                                                 "dlv --listen=127.0.0.1:PORT",
		"python3|-m|debugpy|--listen|0.0.0.0:5678|-m|flask|run":                               "debugpy --listen 127.0.0.1:PORT",
		"node|--inspect=0.0.0.0:9230|node_modules/.bin/vite":                                  "--inspect=127.0.0.1:PORT",
		"deno|run|--inspect-brk=0.0.0.0:9229|-A|main.ts":                                      "--inspect=127.0.0.1:PORT",
		"bun|--inspect=0.0.0.0:4000|server.ts":                                                "--inspect=localhost:PORT",
		"java|-agentlib:jdwp=transport=dt_socket,server=y,address=*:5005|A":                   "address=127.0.0.1:PORT in -agentlib:jdwp",
		"gdbserver|:1234|./a.out":                                                             "gdbserver - PROGRAM on a pipe, in gdb: target remote |",
		"/usr/bin/debugserver|:1234|./a.out":                                                  "",
		"lldb-server|platform|--server|--listen|*:1234":                                       "lldb-server platform --listen 127.0.0.1:PORT",
		"lldb-server|gdbserver|*:1234|--|./a.out":                                             "lldb-server gdbserver 127.0.0.1:PORT",
		"ruby|/usr/local/bin/rdbg|--open|--port|1|--host|0.0.0.0|app.rb":                      "rdbg --open --host 127.0.0.1",
		"ruby|/gems/bin/rdebug-ide|--host|0.0.0.0|--port|1234|--|app.rb":                      "rdebug-ide --host 127.0.0.1",
		"chromium|--headless|--remote-debugging-port=9222|--remote-debugging-address=0.0.0.0": "leave out --remote-debugging-address",
		"netcoredbg|--server=4711":                                                            "",
		"node|server.js":                                                                      "",
		"sleep|5":                                                                             "",
	} {
		if got := DebugServer(of(args)); got != want {
			t.Errorf("%s:\n got %q, want %q", args, got, want)
		}
	}
	both := of("node|--inspect=0.0.0.0:9230|node_modules/.bin/vite")
	if got := Advice(both); got != "vite --host 127.0.0.1" {
		t.Errorf("vite under the inspector: %q", got)
	}
}

// Each entry can be found, and none hides another.
func TestTables(t *testing.T) {
	for _, table := range [][]server{scripts, programs} {
		for i := range table {
			s := &table[i]
			if s.advice == "" || strings.Contains(s.advice, "{}") && s.commands == nil {
				t.Errorf("%v: advice %q", s.names, s.advice)
			}
			for _, name := range s.names {
				line := name
				if len(s.in) > 0 {
					line = s.in[0] + "|-m|/bin/" + name
				}
				if s.in != nil && s.in[0] != "python" {
					line = s.in[0] + "|/bin/" + name
				}
				commands := s.commands
				if commands == nil {
					commands = []string{"other"}
				}
				for _, command := range commands {
					want := strings.ReplaceAll(s.advice, "{}", command)
					if got := Advice(of(line + "|" + command)); got != want {
						t.Errorf("%s %s: %q, want %q", line, command, got, want)
					}
				}
			}
		}
	}
}

// The texts are this package's own, whatever a process calls itself.
func FuzzAdvice(f *testing.F) {
	for _, s := range []string{
		"node|vite", "puma 6 (tcp://) [x]", "redis-server *:6379", "php|-S", "java|-m|Elasticsearch", "docker-proxy|-container-port",
		"docker-proxy|-container-port=\x1b", "gdbserver|:1", "lldb-server|p", "python|-m|jupyter|lab", "ng serve", "", "|", " ",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, advice := range []string{Advice(of(s)), DebugServer(of(s))} {
			if advice != untrusted.New(advice).String() || strings.TrimSpace(advice) != advice || strings.Contains(advice, "{}") {
				t.Errorf("%q", advice)
			}
		}
	})
}
