package access

import "strconv"

// questions are all that is asked on Linux. What a question rests on is gathered
// by ready before.
func (f *linuxFacts) questions(ready func(stage)) []question {
	f.ready = ready
	all := f.seen()
	all = append(all, f.done()...)
	all = append(all, f.kernel()...)
	return append(all, f.bpfQuestions()...)
}

// stage is a part of the facts that is gathered at once.
type stage uint8

const (
	basics   stage = iota // what most questions rest on: every start of lotop takes it
	rights                // the other files about this process
	networks              // a look at every process
	closing               // a question to the kernel: what closes sockets
	features              // all questions to the kernel
)

// after makes a question wait for the facts it rests on.
func (f *linuxFacts) after(s stage, find func() finding) func() finding {
	return func() finding {
		f.ready(s)
		return find()
	}
}

func (f *linuxFacts) seen() []question {
	return []question{
		{
			SockDiag, Seen, true, "the kernel lists all sockets, with accept queues and timers",
			"sockets are read from /proc/net, without accept queues, timers and bound sockets",
			f.after(features, f.sockDiag),
		},
		{
			OtherUsers, Seen, true,
			"sockets of every user show their process",
			"sockets of other users show no process",
			f.after(basics, f.otherUsers),
		},
		{
			HostProcesses, Seen, true, "sockets show processes of the whole machine",
			"sockets held outside this PID namespace show no process", f.after(basics, f.hostProcesses),
		},
		{
			"unhidden_processes", Seen, true,
			"/proc shows the processes of every user",
			"/proc hides the processes of other users",
			f.after(rights, f.unhidden),
		},
		{
			"socket_options", Seen, true, "lotop why reads SO_REUSEADDR of every socket with a known process",
			"lotop why cannot read SO_REUSEADDR of every socket", f.after(features, f.socketOptions),
		},
		{
			"host_network", Seen, false,
			"lotop reads the network namespace of the machine",
			"lotop reads only the network namespace of this container",
			f.after(rights, f.hostNetwork),
		},
		{
			"single_network", Seen, false,
			"all processes use this network namespace",
			"other network namespaces exist, and lotop does not read them",
			f.after(networks, f.singleNetwork),
		},
		{
			"no_container", Seen, false,
			"lotop runs outside containers",
			"lotop runs in a container",
			f.after(rights, f.noContainer),
		},
	}
}

func (f *linuxFacts) done() []question {
	return []question{
		{
			CloseSockets, Done, true,
			"lotop free closes single connections",
			"lotop free cannot close single connections",
			f.after(closing, f.closeSockets),
		},
		{
			SignalOtherUsers, Done, true,
			"lotop free stops processes of every user",
			"lotop free stops only processes of this user",
			f.after(rights, f.signalOtherUsers),
		},
		{
			"bind_low_ports", Done, false,
			"this user can bind every port",
			"this user cannot bind the lowest ports",
			f.after(rights, f.bindLowPorts),
		},
		{
			"gain_privileges", Done, false,
			"sudo and file capabilities take effect",
			"sudo and file capabilities have no effect",
			f.after(rights, f.gainPrivileges),
		},
		{
			"no_seccomp", Done, false,
			"no seccomp filter refuses system calls",
			"a seccomp filter may refuse system calls",
			f.after(rights, f.noSeccomp),
		},
	}
}

func (f *linuxFacts) kernel() []question {
	probe := func(id ID, yes, no string) question {
		return question{id, Kernel, true, yes, no, f.after(features, func() finding { return f.feature(id) })}
	}
	return []question{
		{
			"linux_kernel", Kernel, false,
			"the kernel is Linux",
			"another program stands in for the kernel, and some features are missing",
			f.after(rights, f.linuxKernel),
		},
		probe(udpDiag, "UDP sockets are listed", "UDP sockets are read from /proc/net only"),
		probe(dualDump, "IPv4 and IPv6 are read in one pass", "IPv4 and IPv6 are read one after the other"),
		probe(destroyNotifications,
			"short-lived connections are reported when they close",
			"short-lived connections are missed"),
		probe(boundSockets,
			"sockets that are bound but not listening are listed",
			"sockets that are bound but not listening are missing (before Linux 6.8)"),
		probe(tcpInfo, "connections show traffic and round-trip times", "connections show no traffic"),
		probe(cgroupIDs,
			"sockets show their unit or container",
			"only sockets with a known process show their unit or container"),
		probe(sockDestroy, "sockets can be closed", "sockets cannot be closed"),
		probe(fdCounts,
			"changed processes are found without reading their descriptors",
			"every process is read at every refresh (before Linux 6.2)"),
		probe(pidfdOpen,
			"signals cannot reach a process that reused a PID",
			"a PID is compared before every signal, which leaves a short gap"),
		probe(pidfdGetfd, "options of sockets can be read", "options of sockets cannot be read"),
	}
}

// bpfQuestions are about what lotop does not use yet.
func (f *linuxFacts) bpfQuestions() []question {
	later := func(id ID, yes, no string, find func() finding) question {
		return question{id, Kernel, false, yes, no, f.after(rights, find)}
	}
	return []question{
		later("bpf",
			"BPF programs can be loaded (not used yet)",
			"BPF programs cannot be loaded (not used yet)", f.bpf),
		later("bpf_unprivileged",
			"BPF takes no privileges (not used yet)",
			"BPF takes privileges (not used yet)", f.bpfUnprivileged),
		later("btf",
			"the kernel describes its types (not used yet)",
			"the kernel does not describe its types (not used yet)", f.hasBTF),
		later("no_lockdown",
			"lockdown leaves BPF programs alone (not used yet)",
			"lockdown restricts BPF programs (not used yet)", f.noLockdown),
	}
}

// The features that are asked of the kernel.
const (
	udpDiag              ID = "udp_diag"
	dualDump             ID = "dual_dump"
	destroyNotifications ID = "destroy_notifications"
	boundSockets         ID = "bound_sockets"
	tcpInfo              ID = "tcp_info"
	cgroupIDs            ID = "cgroup_ids"
	sockDestroy          ID = "sock_destroy"
	fdCounts             ID = "fd_counts"
	pidfdOpen            ID = "pidfd_open"
	pidfdGetfd           ID = "pidfd_getfd"
)

func (f *linuxFacts) linuxKernel() finding {
	kind := kernelKind(f.marks.kernelRelease, f.version)
	return finding{verdict: verdictOf(kind == "Linux"), reason: kind + " " + f.marks.kernelRelease}
}

func (f *linuxFacts) bpf() finding {
	where := No
	switch f.userNS {
	case "":
		where = Unknown
	case initialUserNS:
		where = Yes
	}
	const grant = "sudo setcap cap_bpf,cap_perfmon+ep $(command -v lotop)"
	return f.widen(f.capable(where, capBPF, capPerfmon), grant, capBPF, capPerfmon)
}

func (f *linuxFacts) bpfUnprivileged() finding {
	if f.unprivilegedBPF < 0 {
		return finding{reason: "kernel.unprivileged_bpf_disabled is not readable"}
	}
	return finding{
		verdict: verdictOf(f.unprivilegedBPF == 0),
		reason:  "kernel.unprivileged_bpf_disabled=" + strconv.Itoa(f.unprivilegedBPF),
	}
}

func (f *linuxFacts) hasBTF() finding {
	return finding{verdict: f.btf, reason: "/sys/kernel/btf/vmlinux"}
}

func (f *linuxFacts) noLockdown() finding {
	const file = "/sys/kernel/security/lockdown"
	if f.lockdown == "" {
		return finding{reason: file + " is not readable"}
	}
	return finding{verdict: verdictOf(f.lockdown == "none"), reason: file + ": " + f.lockdown}
}
