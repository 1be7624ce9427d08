package access

import "strconv"

func (f *linuxFacts) sockDiag() finding {
	found := f.feature(SockDiag)
	if found.verdict != No {
		return found
	}
	if f.status.seccomp > 0 {
		return f.withoutSeccomp(found)
	}
	return found
}

// withoutSeccomp adds what starts the container without its filter.
func (f *linuxFacts) withoutSeccomp(found finding) finding {
	if engine := f.engine(); engineRuns(engine) {
		found.command = engine + " run --security-opt seccomp=unconfined …"
		found.advice = "start the container without its seccomp filter"
	}
	return found
}

// otherUsers asks for what proc demands of who opens /proc/PID/fd (the folder's
// mode) and reads its links (ptrace_may_access).
func (f *linuxFacts) otherUsers() finding {
	caps := []capability{capSysPtrace, capDACReadSearch}
	return f.widen(f.capable(f.ownsPIDNS, caps...), "sudo lotop", caps...)
}

func (f *linuxFacts) hostProcesses() finding {
	switch f.pidNS {
	case "":
		return finding{reason: "/proc/self/ns/pid is not readable"}
	case initialPIDNS:
		return finding{verdict: Yes, reason: f.pidNS}
	}
	return f.widenContainer(finding{verdict: No, reason: f.pidNS + " is not the machine's first"}, "--pid=host")
}

// widenContainer adds what starts the container in a namespace of the machine.
func (f *linuxFacts) widenContainer(found finding, flag string) finding {
	if engine := f.engine(); engineRuns(engine) {
		found.command, found.advice = engine+" run "+flag+" …", "start the container with "+flag
		return found
	}
	found.advice = "run lotop outside this namespace"
	return found
}

func (f *linuxFacts) unhidden() finding {
	switch {
	case !f.hasMount:
		return finding{reason: "/proc/mounts does not show how /proc is mounted"}
	case !f.mount.hides():
		return finding{verdict: Yes, reason: "/proc is mounted without hidepid"}
	}
	reason := "/proc is mounted with hidepid=" + f.mount.hidePID
	if f.inExempt {
		reason += ",gid=" + strconv.Itoa(f.mount.gid) + ", and lotop runs in that group"
		return finding{verdict: Yes, reason: reason}
	}
	found := f.widen(f.capable(f.ownsPIDNS, capSysPtrace), "sudo lotop", capSysPtrace)
	found.reason = reason + "; " + found.reason
	return found
}

// socketOptions needs PTRACE_MODE_ATTACH, which Yama narrows.
func (f *linuxFacts) socketOptions() finding {
	if found := f.feature(pidfdGetfd); found.verdict != Yes {
		return found
	}
	found := f.otherUsers()
	scope := "kernel.yama.ptrace_scope=" + strconv.Itoa(f.ptraceScope)
	switch {
	case f.ptraceScope >= 3:
		return finding{verdict: No, reason: scope}
	case f.ptraceScope >= 1 && found.verdict == No:
		found.reason += "; " + scope
	}
	return found
}

func (f *linuxFacts) hostNetwork() finding {
	const sign = "net.core.netdev_max_backlog" // which only the first network namespace has
	switch f.firstNet {
	case Yes:
		return finding{verdict: Yes, reason: f.netNS + " has " + sign}
	case No:
		return f.widenContainer(finding{verdict: No, reason: f.netNS + " has no " + sign}, "--network=host")
	}
	return finding{reason: "/proc/sys/net/core is not readable"}
}

func (f *linuxFacts) singleNetwork() finding {
	switch n := f.otherNetworks; {
	case n < 0:
		return finding{reason: "/proc/PID/net is not readable"}
	case n == 0 && f.unhidden().verdict != Yes:
		return finding{reason: f.unhidden().reason + ", and there may be others"}
	case n == 0:
		return finding{verdict: Yes, reason: "/proc/PID/net is the same for all processes"}
	default:
		found := finding{verdict: No, reason: "processes use " + strconv.Itoa(n) + " other network namespaces"}
		if n == 1 {
			found.reason = "processes use 1 other network namespace"
		}
		if f.pidNS == initialPIDNS {
			found.command, found.advice = "sudo nsenter --net=/proc/PID/ns/net lotop", "run lotop in that namespace"
		}
		return found
	}
}

func (f *linuxFacts) noContainer() finding {
	engine, mark := f.marks.engine()
	switch {
	case engine != "":
		return finding{verdict: No, reason: engine + ", by " + mark, advice: "run lotop on the host"}
	case f.marks.wsl2():
		return finding{verdict: No, reason: "WSL2, by the kernel's release " + f.marks.kernelRelease}
	case f.marks.outside() && f.pidNS != "":
		return finding{verdict: Yes, reason: "all namespaces are the machine's first"}
	}
	return finding{reason: "some namespaces are not the machine's first, and no engine left a mark"}
}

func (f *linuxFacts) closeSockets() finding {
	if found := f.feature(sockDestroy); found.verdict != Yes {
		return found
	}
	return f.widen(f.capable(f.ownsNetNS, capNetAdmin), "sudo lotop", capNetAdmin)
}

func (f *linuxFacts) signalOtherUsers() finding {
	return f.widen(f.capable(f.ownsPIDNS, capKill), "sudo lotop", capKill)
}

func (f *linuxFacts) bindLowPorts() finding {
	switch {
	case f.firstPort == 0:
		return finding{verdict: Yes, reason: "net.ipv4.ip_unprivileged_port_start=0"}
	case f.firstPort < 0:
		return finding{reason: "net.ipv4.ip_unprivileged_port_start is not readable"}
	}
	const allow = "sudo sysctl net.ipv4.ip_unprivileged_port_start=0"
	found := f.widen(f.capable(f.ownsNetNS, capNetBindService), allow, capNetBindService)
	if found.verdict == No {
		found.reason += "; net.ipv4.ip_unprivileged_port_start=" + strconv.Itoa(f.firstPort)
	}
	return found
}

func (f *linuxFacts) gainPrivileges() finding {
	switch f.status.noNewPrivs {
	case Yes:
		return finding{verdict: No, reason: "/proc/self/status: NoNewPrivs 1", advice: "run lotop outside this sandbox"}
	case No:
		return finding{verdict: Yes, reason: "/proc/self/status: NoNewPrivs 0"}
	}
	return finding{reason: "/proc/self/status has no NoNewPrivs"}
}

func (f *linuxFacts) noSeccomp() finding {
	if f.status.seccomp < 0 {
		return finding{reason: "/proc/self/status has no Seccomp"}
	}
	found := finding{verdict: Yes, reason: "/proc/self/status: Seccomp " + strconv.Itoa(f.status.seccomp)}
	if f.status.seccomp == 0 {
		return found
	}
	found.verdict = No
	return f.withoutSeccomp(found)
}
