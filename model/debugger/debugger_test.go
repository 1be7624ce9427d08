package debugger

import (
	"net/netip"
	"strings"
	"testing"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// command makes a process from a command line; " | " separates arguments where
// one of them has a space.
func command(line string) *process.Process {
	args := strings.Fields(line)
	if strings.Contains(line, " | ") {
		args = strings.Split(line, " | ")
	}
	return &process.Process{PID: 4411, Args: args, Name: untrusted.New("x"), Command: untrusted.New(line)}
}

func listener(at string) *sockets.Socket {
	return &sockets.Socket{Protocol: sockets.TCP, State: sockets.Listen, Local: netip.MustParseAddrPort(at)}
}

func connection(local, remote string) *sockets.Socket {
	return &sockets.Socket{
		Protocol: sockets.TCP, State: sockets.Established,
		Local: netip.MustParseAddrPort(local), Remote: netip.MustParseAddrPort(remote),
	}
}

var debuggerCommands = []struct{ line, at, want string }{
	// Delve
	{"/home/ada/go/bin/dlv dap --listen=127.0.0.1:38697 --log-dest=3 --log", "127.0.0.1:38697", "delve"},
	{"dlv dap", "127.0.0.1:41234", "delve"},
	{"dlv debug --headless --listen=:2345 --api-version=2 --accept-multiclient ./cmd/api", "[::]:2345", "delve"},
	{"dlv --listen :2345 --headless exec ./api -- --port 8080", "0.0.0.0:2345", "delve"},
	{"dlv attach 912 --headless -l 127.0.0.1:40000", "127.0.0.1:40000", "delve"},
	{"dlv connect 127.0.0.1:2345", "127.0.0.1:2345", ""},
	{"dlv version", "127.0.0.1:2345", ""},
	{"dlv debug -- connect", "127.0.0.1:2345", "delve"},
	// Python
	{"python3.11 -m debugpy --listen 5678 app.py", "127.0.0.1:5678", "debugpy"},
	{"python3.11 -m debugpy --listen 5678 app.py", "127.0.0.1:8000", ""},
	{"/venv/bin/python -Xfrozen_modules=off -m debugpy --listen 0.0.0.0:5678 --wait-for-client -m uvicorn app:app --port 8000", "0.0.0.0:5678", "debugpy"},
	{"/venv/bin/python -X frozen_modules=off -um debugpy --listen 5678 -m flask run", "127.0.0.1:5678", "debugpy"},
	{"python /usr/lib/python3/dist-packages/debugpy --listen 5678 app.py", "127.0.0.1:5678", "debugpy"},
	{"python3 /usr/bin/debugpy --listen localhost:5678 app.py", "127.0.0.1:5678", "debugpy"},
	{"/usr/bin/python3 /home/ada/.vscode/extensions/ms-python.debugpy-2024.6.0/bundled/libs/debugpy/adapter", "127.0.0.1:45211", "debugpy"},
	{"python3 /opt/debugpy/adapter --for-server 41233 --host 127.0.0.1 --port 5678 --server-access-token ab12", "127.0.0.1:5678", "debugpy"},
	{"python3 /opt/debugpy/launcher 40865 -- /srv/app.py", "127.0.0.1:8000", ""},
	{"python3 /opt/debugpy/launcher/../../debugpy --connect 127.0.0.1:41897 --configure-qt none /srv/app.py", "127.0.0.1:41897", ""},
	{"python3 /opt/pycharm/plugins/python/helpers/pydev/pydevd.py --multiprocess --client 127.0.0.1 --port 39245 --file /srv/app.py", "127.0.0.1:39245", ""},
	{"python3 /opt/pydev/pydevd.py --server --port 5679 --file /srv/app.py", "0.0.0.0:5679", "pydevd"},
	{"python3 -m ptvsd --host 0.0.0.0 --port 5678 app.py", "0.0.0.0:5678", "ptvsd"},
	{"python3 -m http.server 5678", "0.0.0.0:5678", ""},
	{"python3 app.py -m debugpy --listen 5678", "0.0.0.0:5678", ""},
	{"python3 -c import(debugpy) -m debugpy --listen 5678", "0.0.0.0:5678", ""},
	// Node, Bun and Deno
	{"node --inspect server.js", "127.0.0.1:9229", "node inspector"},
	{"node --inspect server.js", "0.0.0.0:3000", ""},
	{"/usr/bin/node --inspect=9230 server.js", "127.0.0.1:9230", "node inspector"},
	{"/usr/bin/node --inspect=9230 server.js", "127.0.0.1:9229", ""},
	{"node -r ts-node/register --inspect-brk=0.0.0.0:9230 src/main.ts", "0.0.0.0:9230", "node inspector"},
	{"node --inspect=[::1]:9230 server.js", "[::1]:9230", "node inspector"},
	{"node --inspect=127.0.0.1:9230 server.js", "192.168.1.4:9230", ""},
	{"node --inspect=localhost server.js", "127.0.0.1:9229", "node inspector"},
	{"node --inspect=9229 --inspect-port=9231 worker.js", "127.0.0.1:9231", "node inspector"},
	{"node --inspect-publish-uid=http server.js", "127.0.0.1:9229", ""},
	{"node --inspect=0 server.js", "127.0.0.1:41017", "node inspector"},
	{"node --inspect=0 server.js", "127.0.0.1:3000", ""},
	{"node --inspect=0 server.js", "0.0.0.0:41017", ""},
	{"node server.js", "127.0.0.1:9229", ""},
	{"node server.js --inspect", "127.0.0.1:9229", ""},
	{"node /usr/bin/nodemon --inspect server.js", "127.0.0.1:9229", ""},
	{"node inspect server.js", "127.0.0.1:9229", ""},
	{"node /opt/js-debug/src/dapDebugServer.js 8123 127.0.0.1", "127.0.0.1:8123", "js-debug"},
	{"bun --inspect server.ts", "127.0.0.1:6499", "bun inspector"},
	{"bun run --inspect=localhost:4000/path ./server.ts", "127.0.0.1:4000", "bun inspector"},
	{"deno run --inspect-brk -A main.ts", "127.0.0.1:9229", "deno inspector"},
	{"deno run -A main.ts --inspect", "127.0.0.1:9229", ""},
	{"deno serve --port 8000 --inspect=127.0.0.1:9333 main.ts", "127.0.0.1:9333", "deno inspector"},
	{"deno serve --port 8000 --inspect=127.0.0.1:9333 main.ts", "127.0.0.1:8000", ""},
	// Java
	{"java -agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=*:5005 -jar app.jar", "[::]:5005", "jdwp"},
	{"/usr/lib/jvm/java-21/bin/java -Xmx1g -Xrunjdwp:transport=dt_socket,server=y,suspend=n,address=5005 -cp a.jar:b.jar Main", "127.0.0.1:5005", "jdwp"},
	{"java -agentlib:jdwp=transport=dt_socket,server=y,address=*:5005 -jar app.jar", "[::]:8080", ""},
	{"java -agentlib:jdwp=transport=dt_socket,server=n,address=127.0.0.1:36001,suspend=y Main", "127.0.0.1:36001", ""},
	{"java -agentlib:jdwp=transport=dt_socket,address=5005 Main", "127.0.0.1:5005", ""},
	{"java -cp a.jar Main -agentlib:jdwp=transport=dt_socket,server=y,address=5005", "127.0.0.1:5005", ""},
	// GDB and LLDB
	{"gdbserver :1234 ./a.out", "0.0.0.0:1234", "gdbserver"},
	{"/usr/bin/gdbserver --once localhost:1234 ./a.out", "127.0.0.1:1234", "gdbserver"},
	{"gdbserver --wrapper env LD_PRELOAD=x.so -- :1234 ./a.out", "0.0.0.0:1234", "gdbserver"},
	{"aarch64-linux-gnu-gdbserver --multi :1234", "0.0.0.0:1234", "gdbserver"},
	{"gdbserver --attach [::1]:1234 912", "[::1]:1234", "gdbserver"},
	{"gdbserver /dev/ttyS0 ./a.out", "127.0.0.1:1234", ""},
	{"gdb -ex | target remote :1234", "127.0.0.1:1234", ""},
	{"lldb-server-18 platform --server --listen *:1234", "0.0.0.0:1234", "lldb-server"},
	{"lldb-server gdbserver 127.0.0.1:1234 -- ./a.out", "127.0.0.1:1234", "lldb-server"},
	{"lldb-server version", "127.0.0.1:1234", ""},
	{"lldb-dap --connection listen://localhost:1234", "127.0.0.1:1234", "lldb-dap"},
	{"lldb-dap-18 --port 1234", "127.0.0.1:1234", "lldb-dap"},
	{"codelldb --port 13000", "127.0.0.1:13000", "codelldb"},
	{"netcoredbg --interpreter=vscode --server=4712", "127.0.0.1:4712", "netcoredbg"},
	{"netcoredbg --server", "127.0.0.1:4711", "netcoredbg"},
	// Browsers
	{"/opt/google/chrome/chrome --remote-debugging-port=9222 --user-data-dir=/tmp/x", "127.0.0.1:9222", "chrome devtools"},
	{"/opt/google/chrome/chrome --type=renderer --remote-debugging-port=9222", "127.0.0.1:9222", ""},
	{"chromium --remote-debugging-port=0", "127.0.0.1:37001", "chrome devtools"},
	{"/usr/share/code/code --type=utility --inspect-port=0", "127.0.0.1:37001", ""},
	{"/usr/share/code/code --type=utility --inspect-port=9333", "127.0.0.1:9333", "node inspector"},
	{"firefox --remote-debugging-port 9223", "127.0.0.1:9223", "firefox remote"},
	{"chromedriver --port=9515", "127.0.0.1:9515", ""},
	// Ruby
	{"ruby /usr/local/bin/rdbg --open --port 12345 --host 127.0.0.1 -- app.rb", "127.0.0.1:12345", "rdbg"},
	{"ruby3.2 /usr/local/bin/rdbg -A 12345", "127.0.0.1:12345", ""},
	{"ruby /usr/local/bin/rdbg app.rb --open --port 3", "127.0.0.1:3", ""},
	{"ruby -r debug/open app.rb", "127.0.0.1:40111", "rdbg"},
	{"ruby /gems/bin/rdebug-ide --host 0.0.0.0 --port 1235 --dispatcher-port 26162 -- app.rb", "0.0.0.0:1235", "rdebug-ide"},
	{"ruby bin/rails server", "127.0.0.1:3000", ""},
	// None
	{"vim gdbserver-notes.txt", "127.0.0.1:1234", ""},
	{"gdbserver-notes.txt", "127.0.0.1:1234", ""},
	{"grep --inspect -r src", "127.0.0.1:9229", ""},
	{"ssh -L 9229:localhost:9229 build", "127.0.0.1:9229", ""},
	{"bash -c | node --inspect server.js", "127.0.0.1:9229", ""},
	{"/bin/sh -c | dlv dap", "127.0.0.1:2345", ""},
	{"sleep 5", "127.0.0.1:5005", ""},
}

// debuggerName returns the name of the debug server that serves on socket s of process p.
func debuggerName(p *process.Process, s *sockets.Socket) string {
	if d, ok := Recognize(p); ok && d.Owns(s) {
		return d.Name
	}
	return ""
}

func TestDebuggerName(t *testing.T) {
	for _, tt := range debuggerCommands {
		if got := debuggerName(command(tt.line), listener(tt.at)); got != tt.want {
			t.Errorf("%s\n at %s: got %q, want %q", tt.line, tt.at, got, tt.want)
		}
	}
	if got := debuggerName(&process.Process{}, listener("127.0.0.1:1")); got != "" {
		t.Errorf("a kernel thread is a %s", got)
	}
}

func TestDebuggerConnections(t *testing.T) {
	tests := []struct {
		line, local, remote string
		want                bool
	}{
		{"dlv dap --listen=127.0.0.1:38697", "127.0.0.1:38697", "127.0.0.1:51000", true},
		{"dlv dap --listen=127.0.0.1:38697", "127.0.0.1:52000", "127.0.0.1:443", false},
		{"dlv dap", "127.0.0.1:38697", "127.0.0.1:51000", true},
		{"dlv dap --client-addr=:44321", "127.0.0.1:52000", "127.0.0.1:44321", true},
		{"dlv dap --client-addr=:44321", "127.0.0.1:52000", "127.0.0.1:443", false},
		{"node --inspect server.js", "127.0.0.1:9229", "127.0.0.1:51000", true},
		{"node --inspect server.js", "127.0.0.1:3000", "127.0.0.1:51000", false},
		{"node --inspect server.js", "127.0.0.1:52000", "127.0.0.1:9229", false},
		{"node --inspect=0 server.js", "127.0.0.1:41000", "127.0.0.1:5432", false},
		{"python3 /opt/debugpy/adapter --for-server 41233 --port 5678", "127.0.0.1:41500", "127.0.0.1:51000", true},
		{"python3 /opt/debugpy/adapter --for-server 41233 --port 5678", "127.0.0.1:51000", "127.0.0.1:41233", false},
	}
	for _, tt := range tests {
		got := debuggerName(command(tt.line), connection(tt.local, tt.remote)) != ""
		if got != tt.want {
			t.Errorf("%s\n %s to %s: got %v, want %v", tt.line, tt.local, tt.remote, got, tt.want)
		}
	}
	udp := &sockets.Socket{Protocol: sockets.UDP, State: sockets.Unconn, Local: netip.MustParseAddrPort("127.0.0.1:38697")}
	if debuggerName(command("dlv dap"), udp) != "" {
		t.Error("UDP debugs nothing")
	}
	dialling := connection("127.0.0.1:52000", "127.0.0.1:2345")
	dialling.State = sockets.SynSent
	if debuggerName(command("dlv dap"), dialling) != "" {
		t.Error("a connection that is being opened was not accepted")
	}
}

func TestDebuggee(t *testing.T) {
	tests := []struct {
		line, program string
		pid           int
		ok            bool
	}{
		{"dlv attach 912 --headless", "", 912, true},
		{"dlv exec --headless --listen :2345 ./api -- serve", "./api", 0, true},
		{"dlv debug --headless -- serve", "", 0, false},
		{"dlv dap", "", 0, false},
		{"gdbserver --attach :1234 912", "", 912, true},
		{"gdbserver :1234 ./a.out -v", "./a.out", 0, true},
		{"lldb-server g :1234 -- ./a.out", "./a.out", 0, true},
		{"node --inspect server.js", "server.js", 4411, true},
		{"node --inspect -e setInterval(f) a", "", 4411, true},
		{"node --inspect --print 6*7", "", 4411, true},
		{"deno eval --inspect f()", "", 4411, true},
		{"deno run --inspect main.ts", "main.ts", 4411, true},
		{"java -agentlib:jdwp=transport=dt_socket,server=y -jar a.jar", "", 4411, true},
		{"python3 -m debugpy --listen 5678 --pid 912", "", 912, true},
		{"python3 -m debugpy --listen 5678 a\x1b[2J.py", `a\x1b[2J.py`, 4411, true},
		{"sleep 5", "", 0, false},
	}
	for _, tt := range tests {
		pid, program, ok := Debuggee(command(tt.line))
		if pid != tt.pid || program.String() != tt.program || ok != tt.ok {
			t.Errorf("%s: got %d %q %v", tt.line, pid, program, ok)
		}
	}
}

// Every process of the machine is asked, so an ordinary one must cost nothing.
func TestRecognizeAllocatesNothingForOthers(t *testing.T) {
	for _, line := range []string{"nginx -g x", "/usr/bin/chrome --type=renderer", "python3 app.py --port 5", "node server.js --inspect", "java -jar a.jar"} {
		p := command(line)
		if n := testing.AllocsPerRun(100, func() { Recognize(p) }); n != 0 {
			t.Errorf("%s: %v allocations", line, n)
		}
	}
}

func FuzzRecognize(f *testing.F) {
	for _, s := range []string{
		"dlv\x00dap\x00--listen", "node\x00--inspect=", "python\x00-m", "gdbserver\x00--wrapper\x00--",
		"java\x00-agentlib:jdwp=", "ruby\x00-r", "lldb-server\x00g", "chrome\x00--remote-debugging-port", "", "\x00",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p := &process.Process{PID: 1, Args: strings.Split(s, "\x00")}
		if d, ok := Recognize(p); ok && d.Name == "" {
			t.Error("a debugger without a name")
		}
		Debuggee(p)
	})
}
