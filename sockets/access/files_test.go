package access

import "testing"

const statusOfRoot = "Name:\tcat\nUid:\t0\t0\t0\t0\nCapInh:\t0000000000000000\nCapPrm:\t000001ffffffffff\nCapEff:\t000001ffffffffff\n" +
	"CapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000000\nNoNewPrivs:\t0\nSeccomp:\t0\nSeccomp_filters:\t0\n"

func TestParseStatus(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     status
	}{
		{"root", statusOfRoot, status{effective: 1<<41 - 1, bounding: 1<<41 - 1, hasCaps: true, noNewPrivs: No}},
		{
			"docker's root", "CapEff:\t00000000a80425fb\nCapBnd:\t00000000a80425fb\nNoNewPrivs:\t0\nSeccomp:\t2\n",
			status{effective: 0xa80425fb, bounding: 0xa80425fb, hasCaps: true, noNewPrivs: No, seccomp: 2},
		},
		{
			"a sandbox", "CapEff:\t0000000000000000\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n",
			status{hasCaps: true, noNewPrivs: Yes, seccomp: 2},
		},
		{"before NoNewPrivs", "CapEff:\t0\nCapBnd:\t1\n", status{bounding: 1, hasCaps: true, seccomp: -1}},
		{"nothing", "", status{seccomp: -1}},
		{"no numbers", "CapEff:\tx\nCapBnd:\t0\nNoNewPrivs:\t2\nSeccomp:\t-1\n", status{seccomp: -1}},
		{"a name like a line", "Name:\tCapEff:\nCapBnd:\t0\n", status{seccomp: -1}},
	} {
		if got := parseStatus([]byte(tt.in)); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestParseProcMount(t *testing.T) {
	const plain = "proc /proc proc rw,nosuid,relatime 0 0\n"
	for _, tt := range []struct {
		name, in, at string
		want         procMount
		ok, hides    bool
	}{
		{"plain", "sysfs /sys sysfs rw 0 0\n" + plain, "/proc", procMount{gid: -1}, true, false},
		{"a number", "proc /proc proc rw,hidepid=2,gid=27 0 0\n", "/proc", procMount{"2", 27}, true, true},
		{"a word", "proc /proc proc rw,hidepid=invisible 0 0\n", "/proc", procMount{"invisible", -1}, true, true},
		{"off", "proc /proc proc rw,hidepid=off 0 0\n", "/proc", procMount{"off", -1}, true, false},
		{"zero", "proc /proc proc rw,hidepid=0 0 0\n", "/proc", procMount{"0", -1}, true, false},
		{"the last counts", plain + "proc /proc proc rw,hidepid=ptraceable 0 0\n", "/proc", procMount{"ptraceable", -1}, true, true},
		{"covered", plain + "tmpfs /proc tmpfs rw 0 0\n", "/proc", procMount{gid: -1}, false, false},
		{"elsewhere", plain, "/host/proc", procMount{}, false, false},
		{"a space", `proc /host\040x/proc proc rw 0 0` + "\n", "/host x/proc", procMount{gid: -1}, true, false},
		{"cut", "proc /proc", "/proc", procMount{}, false, false},
		{"no group", "proc /proc proc hidepid=2,gid=x 0 0\n", "/proc", procMount{"2", -1}, true, true},
	} {
		got, ok := parseProcMount([]byte(tt.in), tt.at)
		if got != tt.want || ok != tt.ok || got.hides() != tt.hides {
			t.Errorf("%s: %+v, %v, hides %v", tt.name, got, ok, got.hides())
		}
	}
}

func TestParseLockdown(t *testing.T) {
	for in, want := range map[string]string{
		"[none] integrity confidentiality\n": "none", "none [integrity] confidentiality\n": "integrity",
		"none integrity [confidentiality]\n": "confidentiality", "none\n": "", "": "", "[]": "", "[none": "",
	} {
		if got, ok := parseLockdown([]byte(in)); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, %v", in, got, ok)
		}
	}
}

func TestKernelKind(t *testing.T) {
	for _, tt := range []struct{ release, version, want string }{
		{"6.8.0-45-generic", "#45-Ubuntu SMP PREEMPT_DYNAMIC", "Linux"},
		{"5.15.167.4-microsoft-standard-WSL2", "#1 SMP", "Linux"},
		{"4.4.0-19041-Microsoft", "#1237-Microsoft Sat Sep 11 14:32:00 PST 2021", "WSL1"},
		{"4.4.0", "#1 SMP Sun Jan 10 15:06:54 PST 2016", "gVisor"},
		{"4.19.0-gvisor", "#1 SMP Sun Jan 10 15:06:54 PST 2016", "gVisor"},
		{"4.4.0-210-generic", "#242-Ubuntu SMP Fri Apr 16 09:57:56 UTC 2021", "Linux"},
		{"4.4.0", "#1 SMP Tue Mar 1 00:00:00 UTC 2016", "Linux"},
	} {
		if got := kernelKind(tt.release, tt.version); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.release, got, tt.want)
		}
	}
}

func TestEngine(t *testing.T) {
	first := []string{initialPIDNS, initialUserNS, "ipc:[4026531839]", "uts:[4026531838]", ""}
	for _, tt := range []struct {
		name  string
		marks containerMarks
		want  string
	}{
		{"none", containerMarks{}, ""},
		{"docker", containerMarks{dockerEnv: true}, "docker"},
		{"docker in a pod", containerMarks{dockerEnv: true, kubernetes: true}, "kubernetes"},
		{"podman", containerMarks{containerEnv: true, variable: "podman"}, "podman"},
		{"nspawn", containerMarks{systemdFile: "systemd-nspawn\n"}, "systemd-nspawn"},
		{"wsl with systemd", containerMarks{systemdFile: "wsl"}, ""},
		{"lxc by its variable", containerMarks{variable: "lxc"}, "lxc"},
		{"docker by its cgroup", containerMarks{cgroup: "5:cpu:/docker/0123\n"}, "docker"},
		{"a pod by its cgroup", containerMarks{cgroup: "0::/kubepods.slice/x\n"}, "kubernetes"},
		{"docker's own service", containerMarks{cgroup: "0::/system.slice/docker.service\n"}, ""},
		{"the file system of a container, as a machine", containerMarks{dockerEnv: true, namespaces: first}, ""},
		{"with a PID namespace", containerMarks{dockerEnv: true, namespaces: append([]string{"pid:[4026532180]"}, first...)}, "docker"},
	} {
		if got, mark := tt.marks.engine(); got != tt.want || (got == "") != (mark == "") {
			t.Errorf("%s: %q by %q, want %q", tt.name, got, mark, tt.want)
		}
	}
}
