package debugger

import (
	"slices"
	"strings"
	"testing"

	"lotop/sockets/process"
)

func TestParseCommand(t *testing.T) {
	for _, c := range []struct {
		args []string
		want Command
	}{
		{nil, Command{}},
		{[]string{"", ""}, Command{}},
		{[]string{"/usr/bin/redis-server", "--port", "6380"}, Command{Program: "redis-server", Args: []string{"--port", "6380"}}},
		{[]string{`C:\pg\bin\postgres.exe`, "-D", "data"}, Command{Program: "postgres", Args: []string{"-D", "data"}}},
		{[]string{"webpack", "", "", ""}, Command{Program: "webpack", Args: []string{}}},
		{
			[]string{"/usr/bin/node", "--inspect", "/shop/node_modules/.bin/vite", "--host"},
			Command{Program: "node", Interpreter: "node", Script: "vite", Args: []string{"--host"}},
		},
		{
			[]string{"/venv/bin/python3.11", "-X", "dev", "-m", "http.server", "8000"},
			Command{Program: "python3.11", Interpreter: "python", Script: "http.server", Args: []string{"8000"}},
		},
		{
			[]string{"python.exe", `C:\venv\Scripts\uvicorn.exe`, "shop:app"},
			Command{Program: "python", Interpreter: "python", Script: "uvicorn", Args: []string{"shop:app"}},
		},
		{[]string{"php", "-S", "0.0.0.0:80"}, Command{Program: "php", Interpreter: "php", Args: []string{"-S", "0.0.0.0:80"}}},
		{[]string{"python3", "-m"}, Command{Program: "python3", Interpreter: "python", Args: []string{"-m"}}},
		{[]string{"python3", "-c", "code"}, Command{Program: "python3", Interpreter: "python", Args: []string{"-c", "code"}}},
	} {
		got := ParseCommand(&process.Process{Args: c.args})
		if got.Program != c.want.Program || got.Interpreter != c.want.Interpreter || got.Script != c.want.Script || !slices.Equal(got.Args, c.want.Args) {
			t.Errorf("%q: %+v, want %+v", c.args, got, c.want)
		}
	}
	c := Command{Args: strings.Fields("-a --port=1 --port 2")}
	if v, ok := c.Option("-p", "--port"); v != "2" || !ok {
		t.Errorf("port %q %t", v, ok)
	}
}
