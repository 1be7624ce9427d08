package process

import (
	"strings"
	"testing"

	"lotop/sockets/untrusted"
)

const (
	id    = "4f5c9d1e8b7a60213f4e5d6c7b8a9f00112233445566778899aabbccddeeff00"
	short = "4f5c9d1e8b7a"
)

var cgroupPaths = []struct{ path, unit, container, engine string }{
	{"", "", "", ""},
	{"/", "", "", ""},
	{"/init.scope", "init.scope", "", ""},
	{"/system.slice/postgresql.service", "postgresql.service", "", ""},
	{"/system.slice/postgresql.service (deleted)", "postgresql.service", "", ""},
	{"/system.slice/system-postgresql.slice/postgresql@16-main.service", "postgresql@16-main.service", "", ""},
	{"/system.slice/cups.socket", "cups.socket", "", ""},
	{"/system.slice/home.mount", "home.mount", "", ""},
	{"/system.slice/a.service/deeper/still", "a.service", "", ""},
	{"/system.slice/_cpu.service", "cpu.service", "", ""},
	{"/system.slice/.service", "", "", ""},
	{"/../../system.slice/a.service", "a.service", "", ""},
	{"/user.slice", "", "", ""},
	{"/user.slice/user-1000.slice/session-2.scope", "session-2.scope", "", ""},
	{"/user.slice/user-1000.slice/user@1000.service/app.slice/app-foo.service", "app-foo.service", "", ""},
	{"/user.slice/user-1000.slice/user@1000.service/init.scope", "init.scope", "", ""},
	{`/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome-my\x2dapp-77.scope`, `app-gnome-my\x2dapp-77.scope`, "", ""},
	{"/a.scope/b.service", "b.service", "", ""},

	{"/system.slice/docker-" + id + ".scope", "", short, "docker"},
	{"/user.slice/user-1000.slice/user@1000.service/user.slice/docker-" + id + ".scope", "", short, "docker"},
	{"/docker/" + id, "", short, "docker"},
	{"/docker/" + id + "/system.slice/kubelet.service", "", short, "docker"},
	{"/system.slice:docker:" + id, "", short, "docker"},
	{"/system.slice/docker.service", "docker.service", "", ""},
	{"/system.slice/docker-registry.service", "docker-registry.service", "", ""},
	{"/docker/buildkit", "", "", ""},
	{"/" + id, "", "", ""},
	{"/machine.slice/libpod-" + id + ".scope", "", short, "podman"},
	{"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + id + ".scope/container", "", short, "podman"},
	{"/machine.slice/libpod-conmon-" + id + ".scope", "libpod-conmon-" + id + ".scope", "", ""},
	{"/system.slice/web.service/libpod-payload-" + id, "web.service", short, "podman"},
	{"/libpod_parent/libpod-" + id, "", short, "podman"},
	{"/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod1_2.slice/cri-containerd-" + id + ".scope", "", short, "containerd"},
	{"/kubepods.slice/kubepods-pod1_2.slice/crio-" + id + ".scope", "", short, "cri-o"},
	{"/kubepods.slice/kubepods-pod1_2.slice/crio-conmon-" + id + ".scope", "crio-conmon-" + id + ".scope", "", ""},
	{"/kubepods/besteffort/pod6b0c2f6e-77f1-4a8a-9b1c-0f3f0d5e9a11/" + id, "", short, "containerd"},
	{"/kubepods-besteffort-pod1.slice:cri-containerd:" + id, "", short, "containerd"},
	{"/system.slice/nerdctl-" + id + ".scope", "", short, "containerd"},
	{"/lxc/web", "", "web", "lxc"},
	{"/lxc/web/system.slice/ssh.service", "", "web", "lxc"},
	{"/lxc.payload.web/init.scope", "", "web", "lxc"},
	{"/lxc.payload/web", "", "web", "lxc"},
	{"/lxc.monitor.web", "", "", ""},
	{`/machine.slice/systemd-nspawn@my\x2dbox.service/payload`, `systemd-nspawn@my\x2dbox.service`, "my-box", "nspawn"},
	{`/machine.slice/machine-my\x2dbox.scope/payload/init.scope`, "", "my-box", "nspawn"},
	{`/machine.slice/machine-qemu\x2d1\x2dvm.scope`, `machine-qemu\x2d1\x2dvm.scope`, "", ""},
}

func TestParseCgroup(t *testing.T) {
	for _, test := range cgroupPaths {
		c := ParseCgroup(test.path)
		if c.Path.Raw() != test.path || c.Unit.Raw() != test.unit || c.Container.Raw() != test.container || c.Container.Raw() != "" && c.Engine != test.engine {
			t.Errorf("%s\nunit %q, container %q, engine %q", test.path, c.Unit, c.Container, c.Engine)
		}
		if (c.Engine == "") != (c.Container.Raw() == "") {
			t.Errorf("%s: engine %q of container %q", test.path, c.Engine, c.Container)
		}
	}
}

func TestIsUserUnit(t *testing.T) {
	for path, want := range map[string]bool{
		"/": false,
		`/user.slice/user-1000.slice/user@1000.service/app.slice/my\x2dapp.service`: true,
		"/user.slice/user-1000.slice/user@1000.service":                             false,
		"/user.slice/user-1000.slice/session-2.scope":                               false,
		"/docker/" + id: false,
	} {
		if got := ParseCgroup(path).IsUserUnit(); got != want {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
}

func FuzzParseCgroup(f *testing.F) {
	f.Add(`/user.slice/user@1000.service/app.slice/app-my\x2dapp.service`)
	f.Add("/system.slice/docker-" + id + ".scope (deleted)")
	f.Add(`/machine.slice/machine-a\x1b\x80.scope`)
	f.Fuzz(func(t *testing.T, path string) {
		c := ParseCgroup(path)
		for _, s := range []string{c.Path.String(), c.Unit.String(), c.Container.String()} {
			if safe := untrusted.New(s).String(); safe != s {
				t.Errorf("%q is not safe to print, %q is", s, safe)
			}
		}
		if (c.Engine == "") != (c.Container.Raw() == "") || strings.Contains(c.Unit.Raw(), "/") {
			t.Errorf("unit %q, container %q, engine %q", c.Unit, c.Container, c.Engine)
		}
		c.IsUserUnit()
	})
}
