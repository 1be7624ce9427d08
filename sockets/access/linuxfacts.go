package access

import "strings"

// The inodes of the first namespaces (include/uapi/linux/nsfs.h). The first
// network namespace has a fixed one since 6.18 only, so that is asked otherwise.
const (
	initialPIDNS  = "pid:[4026531836]"
	initialUserNS = "user:[4026531837]"
)

// linuxFacts are what the answers on Linux rest on. They are plain values, so that
// every combination can be tested on every system.
type linuxFacts struct {
	uid      uint32
	status   status
	marks    containerMarks
	version  string // the kernel's, from uname
	pidNS    string // links such as "pid:[4026531836]", empty if unreadable
	userNS   string
	netNS    string
	firstNet Verdict // whether the network namespace is the machine's first
	// Whether capabilities count there: the user namespace that owns the other
	// one is this process's or one below it.
	ownsPIDNS, ownsNetNS Verdict

	mount       procMount
	hasMount    bool
	inExempt    bool // this process is in the group that hidepid does not concern
	ptraceScope int  // Yama's, -1 if there is no Yama
	firstPort   int  // that takes no privilege to bind, -1 if not known

	lockdown        string // mode, empty if not known
	unprivilegedBPF int    // the sysctl, -1 if not known
	btf             Verdict

	otherNetworks int // network namespaces of other processes, -1 if not known
	features      map[ID]finding

	ready func(stage) // gathers what an answer or its advice rests on
}

// engine returns the container engine that lotop runs in, empty for none.
func (f *linuxFacts) engine() string {
	f.ready(rights)
	name, _ := f.marks.engine()
	return name
}

// engineRuns reports whether the engine is one that the command of its name starts.
func engineRuns(engine string) bool { return engine == "docker" || engine == "podman" }

// feature is a finding of a probe of the kernel.
func (f *linuxFacts) feature(id ID) finding { return f.features[id] }

// capable reports whether capabilities are effective where they have to be.
func (f *linuxFacts) capable(where Verdict, all ...capability) finding {
	if !f.status.hasCaps {
		return finding{reason: "/proc/self/status shows no capabilities"}
	}
	var missing []string
	for _, c := range all {
		if !f.holds(c) {
			missing = append(missing, "CAP_"+c.String())
		}
	}
	switch {
	case len(missing) > 0:
		return finding{verdict: No, reason: "no " + strings.Join(missing, ", no ")}
	case where == No:
		return finding{verdict: No, reason: "capabilities of this user namespace do not apply there"}
	case where == Unknown:
		return finding{reason: "the user namespace that decides is not readable"}
	}
	names := make([]string, len(all))
	for i, c := range all {
		names[i] = "CAP_" + c.String()
	}
	return finding{verdict: Yes, reason: strings.Join(names, ", ")}
}

// holds reports whether a capability is effective, or one that includes it.
func (f *linuxFacts) holds(c capability) bool {
	s := &f.status
	switch c {
	case capDACReadSearch:
		return s.has(c) || s.has(capDACOverride)
	case capBPF, capPerfmon:
		return s.has(c) || s.has(capSysAdmin)
	}
	return s.has(c)
}

// widen adds to a missing capability what would give it.
func (f *linuxFacts) widen(found finding, sudo string, all ...capability) finding {
	if found.verdict != No {
		return found
	}
	engine := f.engine()
	runs := engineRuns(engine)
	switch {
	case f.uid != 0 && runs:
		found.command, found.advice = engine+" exec --user root …", "run as root"
	case runs && f.userNS == initialUserNS:
		flags := ""
		for _, c := range all {
			if !f.holds(c) {
				flags += " --cap-add=" + c.String()
			}
		}
		found.command, found.advice = engine+" run"+flags+" …", "start the container with"+flags
	case f.userNS != "" && f.userNS != initialUserNS:
		found.advice = "run lotop outside this user namespace"
	case f.uid == 0:
		found.advice = "run lotop outside this sandbox"
	case f.status.noNewPrivs == Yes || !f.mayGet(all):
		found.reason += "; " + f.sandbox()
		found.advice = "run lotop outside this sandbox"
	default:
		found.command, found.advice = sudo, "run as root"
	}
	return found
}

// mayGet reports whether a program run by sudo could have the capabilities.
func (f *linuxFacts) mayGet(all []capability) bool {
	for _, c := range all {
		if !f.status.mayGet(c) {
			return false
		}
	}
	return true
}

func (f *linuxFacts) sandbox() string {
	if f.status.noNewPrivs == Yes {
		return "NoNewPrivs is set"
	}
	return "the bounding set excludes it"
}
