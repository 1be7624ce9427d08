package recording

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// TestRedact keeps the executable's name of each process, and nothing else
// that the process or the user chose.
func TestRedact(t *testing.T) {
	for _, c := range []struct {
		exe  string // as reported by the kernel, empty if it is unreadable
		args []string
		want string
	}{
		{"python3", []string{"/usr/bin/python3", "/home/SECRET/shop/server.py", "--token", "SECRET"}, "python3 …"},
		{"node", []string{"node", "SECRET.js"}, "node …"},
		{"mysql", []string{"mysql", "secret"}, "mysql …"},
		{"bash", []string{"password=SECRET"}, "bash"},
		{"bash", []string{"http://user:SECRET@host/"}, "bash"},
		{"bash", []string{"http://user:pw@host/SECRET", "-x"}, "bash …"},
		{"postgres", []string{"postgres: SECRET shop 127.0.0.1(40112) idle"}, "postgres …"},
		{"odd", []string{"", "SECRET"}, "odd …"},
		{"sshd", []string{"/usr/sbin/sshd"}, "sshd"},
		{"", []string{"SECRET", "secret"}, "… …"},
		{"", []string{"SECRET"}, "…"},
		{"quiet", nil, ""},
	} {
		p := &process.Process{
			PID: 7, UID: 1000, Account: untrusted.New("SECRET"), Name: untrusted.New("SECRET"), Args: c.args,
			Command: untrusted.New(strings.Join(c.args, " ")),
			Cgroup:  process.ParseCgroup("/user.slice/user-1000.slice/user@1000.service/SECRET/run-7.scope/SECRET.service"),
		}
		for _, noArgs := range []bool{false, true} {
			q := *p
			if noArgs {
				q.Args = nil
			}
			checkRedacted(t, &q, c.exe, c.want)
		}
	}
}

func checkRedacted(t *testing.T, p *process.Process, exe, want string) {
	t.Helper()
	s := sockets.Snapshot{
		Time: noon, Users: map[uint32]untrusted.Text{1000: untrusted.New("SECRET")},
		Processes: map[int32]*process.Process{7: p},
		Sockets:   []sockets.Socket{{ID: 1, Owners: []sockets.Owner{{PID: 7, FD: 3}}, UID: 1000, HasUID: true, Cgroup: &p.Cgroup}},
	}
	o := Options{Redact: true, Executable: func(asked *process.Process) untrusted.Text {
		if asked.PID != 7 {
			t.Errorf("asked about %+v", asked)
		}
		return untrusted.New(exe)
	}}
	file := record(t, o, []sockets.Snapshot{s}, nil).Bytes()
	if b := bytes.ToLower(unpack(t, file)); bytes.Contains(b, []byte("secret")) {
		t.Errorf("%q: %s", p.Command.Raw(), b)
	}
	player := mustOpen(t, file)
	got := readAll(t, player)[0].Snapshot
	q := got.Process(7)
	if exe == "" {
		exe = "…"
	}
	if q == nil || q.Command.Raw() != want || p.Args != nil && strings.Join(q.Args, " ") != want || q.Name.Raw() != exe {
		t.Errorf("%q is recorded as %+v", p.Command.Raw(), q)
	}
	if name := got.Users[1000].Raw(); name != "…" || q.Account.Raw() != "…" || !player.index.header.Redacted {
		t.Error(name, q.Account)
	}
	s.Sockets[0].Cgroup = got.Sockets[0].Cgroup
	if diff := cmp.Diff(s.Sockets, got.Sockets, compareOptions); diff != "" {
		t.Error(diff)
	}
}

// Without the option Executable no name is recorded.
func TestRedactUnknown(t *testing.T) {
	a := encoder{redact: true}
	if p := a.redactProcess(&process.Process{PID: 7, Name: untrusted.New("SECRET")}); p.Name.Raw() != "…" {
		t.Error(p.Name)
	}
}

// TestRedactGroup keeps the names chosen by service managers and container
// engines.
func TestRedactGroup(t *testing.T) {
	id := strings.Repeat("0123456789ab", 6)[:64]
	for path, want := range map[string][3]string{ // path, unit, container
		"/":                                 {"/", "", ""},
		"":                                  {"", "", ""},
		"/system.slice/shop.service":        {"/system.slice/shop.service", "shop.service", ""},
		"/system.slice/_cpu.service":        {"/system.slice/_cpu.service", "cpu.service", ""},
		"/system.slice/shop.service/SECRET": {"/system.slice/shop.service/…", "shop.service", ""},
		"/system.slice/shop.service/SECRET.scope":                          {"/system.slice/shop.service/…", "…", ""},
		"/system.slice/shop.service/lxc.payload.SECRET":                    {"/system.slice/shop.service/…", "", "…"},
		"/user.slice/user-7.slice/user@7.service/app.slice/a.scope":        {"/user.slice/user-7.slice/user@7.service/app.slice/a.scope", "a.scope", ""},
		"/user.slice/user-7.slice/user@7.service/lxc.payload.SECRET":       {"/user.slice/user-7.slice/user@7.service/…", "", "…"},
		"/user.slice/user-7.slice/user@7.service/machine-SECRET.scope/x":   {"/user.slice/user-7.slice/user@7.service/machine-SECRET.scope/…", "", "…"},
		"/lxc.payload.web/system.slice/SECRET.service":                     {"/…/…/…", "", "web"},
		"/system.slice/docker-" + id + ".scope":                            {"/system.slice/docker-" + id + ".scope", "", id[:12]},
		"/machine.slice/systemd-nspawn@web.service/payload/SECRET.service": {"/machine.slice/systemd-nspawn@web.service/…/…", "systemd-nspawn@web.service", "web"},
	} {
		got := redactCgroupPath(process.ParseCgroup(path))
		if got := [3]string{got.Path.Raw(), got.Unit.Raw(), got.Container.Raw()}; got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}
