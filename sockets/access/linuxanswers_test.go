package access

import (
	"strings"
	"testing"
)

// machine is a first set of facts: an ordinary user of an ordinary machine.
func machine(change ...func(*linuxFacts)) *linuxFacts {
	f := &linuxFacts{
		uid: 1000, status: status{bounding: 1<<41 - 1, hasCaps: true, noNewPrivs: No},
		pidNS: initialPIDNS, userNS: initialUserNS, netNS: "net:[4026531840]", firstNet: Yes, ownsPIDNS: Yes, ownsNetNS: Yes,
		mount: procMount{gid: -1}, hasMount: true, ptraceScope: 1, firstPort: 1024, lockdown: "none", unprivilegedBPF: 2, btf: Yes,
		marks:    containerMarks{namespaces: []string{initialPIDNS, initialUserNS}, kernelRelease: "6.8.0"},
		features: map[ID]finding{},
	}
	for _, id := range []ID{SockDiag, sockDestroy, pidfdGetfd} {
		f.features[id] = finding{verdict: Yes}
	}
	for _, c := range change {
		c(f)
	}
	return f
}

func asRoot(f *linuxFacts) { f.uid, f.status.effective = 0, f.status.bounding }

func with(all ...capability) func(*linuxFacts) {
	return func(f *linuxFacts) {
		for _, c := range all {
			f.status.effective |= 1 << c
		}
	}
}

// inDocker is docker's default: its own namespaces but the user's, and few
// capabilities.
func inDocker(f *linuxFacts) {
	f.marks.dockerEnv, f.pidNS, f.firstNet, f.marks.namespaces = true, "pid:[4026532180]", No, []string{"pid:[4026532180]"}
	f.status.bounding, f.status.seccomp = 0xa80425fb, 2
	f.status.effective &= f.status.bounding
}

// inUserNS is the root of `unshare -Ur`.
func inUserNS(f *linuxFacts) {
	asRoot(f)
	f.userNS, f.marks.namespaces = "user:[4026532190]", []string{"user:[4026532190]", initialPIDNS}
	f.ownsPIDNS, f.ownsNetNS = No, No
}

func inSandbox(f *linuxFacts) { f.status.noNewPrivs = Yes }

func lacks(id ID, reason string) func(*linuxFacts) {
	return func(f *linuxFacts) { f.features[id] = finding{verdict: No, reason: reason} }
}

type answerCase struct {
	name    string
	facts   *linuxFacts
	id      ID
	want    Verdict
	command string
	reason  string // part of it
}

func checkAnswers(t *testing.T, all []answerCase) {
	t.Helper()
	for _, tt := range all {
		a := answer(tt.facts, tt.id)
		if a.Verdict != tt.want || a.Command != tt.command || !strings.Contains(a.Reason, tt.reason) || a.Reason == "" && a.Verdict != Yes {
			t.Errorf("%s, %s: %+v", tt.id, tt.name, a)
		}
	}
}

func TestLinuxSeen(t *testing.T) {
	checkAnswers(t, []answerCase{
		{"a user", machine(), OtherUsers, No, "sudo lotop", "no CAP_SYS_PTRACE, no CAP_DAC_READ_SEARCH"},
		{"root", machine(asRoot), OtherUsers, Yes, "", "CAP_SYS_PTRACE"},
		{"file capabilities", machine(with(capSysPtrace, capDACReadSearch)), OtherUsers, Yes, "", ""},
		{"the stronger capability", machine(with(capSysPtrace, capDACOverride)), OtherUsers, Yes, "", ""},
		{"half of them", machine(with(capSysPtrace)), OtherUsers, No, "sudo lotop", "no CAP_DAC_READ_SEARCH"},
		{"a sandbox", machine(inSandbox), OtherUsers, No, "", "NoNewPrivs is set"},
		{"a narrow bounding set", machine(func(f *linuxFacts) { f.status.bounding = 0 }), OtherUsers, No, "", "bounding set"},
		{"docker's root", machine(asRoot, inDocker), OtherUsers, No, "docker run --cap-add=SYS_PTRACE …", "no CAP_SYS_PTRACE"},
		{"a user in docker", machine(inDocker), OtherUsers, No, "docker exec --user root …", ""},
		{"a user namespace", machine(inUserNS), OtherUsers, No, "", "do not apply"},
		{"no status", machine(func(f *linuxFacts) { f.status = status{} }), OtherUsers, Unknown, "", "/proc/self/status"},
		{"no owner", machine(asRoot, func(f *linuxFacts) { f.ownsPIDNS = Unknown }), OtherUsers, Unknown, "", ""},

		{"the machine", machine(), HostProcesses, Yes, "", initialPIDNS},
		{"docker", machine(inDocker), HostProcesses, No, "docker run --pid=host …", "pid:[4026532180]"},
		{"some namespace", machine(func(f *linuxFacts) { f.pidNS = "pid:[1]" }), HostProcesses, No, "", ""},
		{"no link", machine(func(f *linuxFacts) { f.pidNS = "" }), HostProcesses, Unknown, "", ""},

		{"hidepid", machine(func(f *linuxFacts) { f.mount.hidePID = "2" }), "unhidden_processes", No, "sudo lotop", "hidepid=2"},
		{"hidepid, root", machine(asRoot, func(f *linuxFacts) { f.mount.hidePID = "2" }), "unhidden_processes", Yes, "", "hidepid=2"},
		{"hidepid, in the group", machine(func(f *linuxFacts) { f.mount = procMount{"2", 27}; f.inExempt = true }), "unhidden_processes", Yes, "", "gid=27"},
		{"no mount", machine(func(f *linuxFacts) { f.hasMount = false }), "unhidden_processes", Unknown, "", ""},

		{"a user", machine(), "socket_options", No, "sudo lotop", "ptrace_scope=1"},
		{"root", machine(asRoot), "socket_options", Yes, "", ""},
		{"Yama forbids all", machine(asRoot, func(f *linuxFacts) { f.ptraceScope = 3 }), "socket_options", No, "", "ptrace_scope=3"},
		{"no call", machine(asRoot, lacks(pidfdGetfd, "pidfd_getfd: ENOSYS")), "socket_options", No, "", "ENOSYS"},

		{"refused in docker", machine(asRoot, inDocker, lacks(SockDiag, "EPERM")), SockDiag, No, "docker run --security-opt seccomp=unconfined …", "EPERM"},
		{"refused", machine(lacks(SockDiag, "EPERM")), SockDiag, No, "", "EPERM"},
		{"docker", machine(inDocker), "host_network", No, "docker run --network=host …", ""},
		{"one network", machine(), "single_network", Yes, "", ""},
		{"networks", machine(func(f *linuxFacts) { f.otherNetworks = 3 }), "single_network", No, "sudo nsenter --net=/proc/PID/ns/net lotop", "3 other network namespaces"},
		{"a hidden process", machine(func(f *linuxFacts) { f.mount.hidePID = "2" }), "single_network", Unknown, "", "hidepid"},
	})
}

func TestLinuxDone(t *testing.T) {
	checkAnswers(t, []answerCase{
		{"a user", machine(), CloseSockets, No, "sudo lotop", "no CAP_NET_ADMIN"},
		{"root", machine(asRoot), CloseSockets, Yes, "", ""},
		{"a capability", machine(with(capNetAdmin)), CloseSockets, Yes, "", ""},
		{"docker's root", machine(asRoot, inDocker), CloseSockets, No, "docker run --cap-add=NET_ADMIN …", ""},
		{"a kernel without", machine(asRoot, lacks(sockDestroy, "EOPNOTSUPP")), CloseSockets, No, "", "EOPNOTSUPP"},
		{"a user namespace", machine(inUserNS), CloseSockets, No, "", "do not apply"},

		{"a user", machine(), SignalOtherUsers, No, "sudo lotop", "no CAP_KILL"},
		{"docker's root", machine(asRoot, inDocker), SignalOtherUsers, Yes, "", "CAP_KILL"},
		{"a user", machine(), "bind_low_ports", No, "sudo sysctl net.ipv4.ip_unprivileged_port_start=0", "ip_unprivileged_port_start=1024"},
		{"every port", machine(func(f *linuxFacts) { f.firstPort = 0 }), "bind_low_ports", Yes, "", ""},
		{"no sysctl", machine(func(f *linuxFacts) { f.firstPort = -1 }), "bind_low_ports", Unknown, "", ""},
		{"a sandbox", machine(inSandbox), "gain_privileges", No, "", "NoNewPrivs 1"},
		{"seccomp", machine(inDocker), "no_seccomp", No, "docker run --security-opt seccomp=unconfined …", "Seccomp 2"},

		{"a user", machine(), "bpf", No, "sudo setcap cap_bpf,cap_perfmon+ep $(command -v lotop)", "no CAP_BPF, no CAP_PERFMON"},
		{"before CAP_BPF", machine(with(capSysAdmin)), "bpf", Yes, "", ""},
		{"a user namespace", machine(inUserNS), "bpf", No, "", ""},
		{"locked", machine(func(f *linuxFacts) { f.lockdown = "integrity" }), "no_lockdown", No, "", "integrity"},
		{"no file", machine(func(f *linuxFacts) { f.lockdown = "" }), "no_lockdown", Unknown, "", ""},
		{"disabled", machine(), "bpf_unprivileged", No, "", "unprivileged_bpf_disabled=2"},
		{"the machine", machine(), "no_container", Yes, "", ""},
		{"docker", machine(inDocker), "no_container", No, "", "docker"},
		{"a namespace without a mark", machine(func(f *linuxFacts) { f.marks.namespaces = []string{"pid:[1]"} }), "no_container", Unknown, "", ""},
		{"WSL2", machine(func(f *linuxFacts) {
			f.marks.namespaces, f.marks.kernelRelease = []string{"pid:[1]"}, "5.15.167.4-microsoft-standard-WSL2"
		}), "no_container", No, "", "WSL2"},
		{"WSL1", machine(func(f *linuxFacts) { f.marks.kernelRelease = "4.4.0-19041-Microsoft" }), "linux_kernel", No, "", "WSL1"},
	})
}

func answer(f *linuxFacts, id ID) Answer {
	for _, q := range f.questions(func(stage) {}) {
		if q.id == id {
			return q.ask()
		}
	}
	return Answer{}
}

// A question gathers the facts that it rests on, and no others.
func TestStages(t *testing.T) {
	for id, want := range map[ID]stage{OtherUsers: basics, HostProcesses: basics, CloseSockets: closing, SockDiag: features, "single_network": networks} {
		var asked []stage
		for _, q := range machine(asRoot).questions(func(s stage) { asked = append(asked, s) }) {
			if q.id == id {
				q.ask()
			}
		}
		if len(asked) != 1 || asked[0] != want {
			t.Errorf("%s: %v, want %v", id, asked, want)
		}
	}
}
