package access

import (
	"strconv"
	"strings"
)

// capability is the number of a capability (include/uapi/linux/capability.h).
type capability uint8

const (
	capDACOverride    capability = 1
	capDACReadSearch  capability = 2
	capKill           capability = 5
	capNetBindService capability = 10
	capNetAdmin       capability = 12
	capSysPtrace      capability = 19
	capSysAdmin       capability = 21
	capPerfmon        capability = 38
	capBPF            capability = 39
)

func (c capability) String() string {
	return map[capability]string{
		capDACOverride: "DAC_OVERRIDE", capDACReadSearch: "DAC_READ_SEARCH", capKill: "KILL", capNetBindService: "NET_BIND_SERVICE",
		capNetAdmin: "NET_ADMIN", capSysPtrace: "SYS_PTRACE", capSysAdmin: "SYS_ADMIN", capPerfmon: "PERFMON", capBPF: "BPF",
	}[c]
}

// status is what /proc/PID/status says of rights. A line that is missing or has
// another form leaves its field unknown.
type status struct {
	effective, bounding uint64 // capabilities
	hasCaps             bool
	noNewPrivs          Verdict
	seccomp             int // 0 none, 1 strict, 2 a filter; -1 not known
}

func parseStatus(b []byte) status {
	s := status{seccomp: -1}
	hasEffective, hasBounding := false, false
	for line := range strings.Lines(string(b)) {
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch name {
		case "CapEff":
			s.effective, hasEffective = parseHex(value)
		case "CapBnd":
			s.bounding, hasBounding = parseHex(value)
		case "NoNewPrivs":
			s.noNewPrivs = map[string]Verdict{"0": No, "1": Yes}[value]
		case "Seccomp":
			if n, err := strconv.Atoi(value); err == nil && n >= 0 {
				s.seccomp = n
			}
		}
	}
	s.hasCaps = hasEffective && hasBounding
	return s
}

func parseHex(s string) (uint64, bool) {
	n, err := strconv.ParseUint(s, 16, 64)
	return n, err == nil
}

func (s *status) has(c capability) bool    { return s.effective&(1<<c) != 0 }
func (s *status) mayGet(c capability) bool { return s.bounding&(1<<c) != 0 }
