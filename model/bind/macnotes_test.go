package bind_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"lotop/model/bind"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

var (
	allFree  = [4]bind.BindStatus{bind.BindOK, bind.BindOK, bind.BindOK, bind.BindOK}
	allTaken = [4]bind.BindStatus{bind.BindInUse, bind.BindInUse, bind.BindInUse, bind.BindInUse}
)

const controlCenter = "/System/Library/CoreServices/ControlCenter.app/Contents/MacOS/ControlCenter"

func proc(pid int, name string, args ...string) *process.Process {
	return &process.Process{PID: pid, Start: uint64(pid), Name: untrusted.New(name), Args: args}
}

// notesAndRemedies is all the advice and all the notes of a diagnosis.
func notesAndRemedies(d *bind.Diagnosis) string {
	words := d.Notes
	for _, r := range d.AllRemedies() {
		words = append(words, string(r.Action)+": "+r.Text())
	}
	return strings.Join(words, "\n")
}

// macCase is a port, what the kernel answers about it, and what is said.
type macCase struct {
	port         uint16
	table        string
	owners       []*process.Process
	plain, reuse [4]bind.BindStatus
	notes        []string
	never        string
}

func (c *macCase) check(t *testing.T, name string) {
	t.Helper()
	e := onMac(t, c.port, c.table, c.owners...)
	d := answered(t, &e, c.plain, c.reuse)
	all := notesAndRemedies(&d)
	for _, part := range c.notes {
		if !strings.Contains(all, part) {
			t.Errorf("%s: no %q in\n%s", name, part, all)
		}
	}
	if strings.Contains(all, c.never) {
		t.Errorf("%s: %q in\n%s", name, c.never, all)
	}
	checkUnixTerms(t, name, all)
}

func TestAirPlay(t *testing.T) {
	for name, c := range map[string]macCase{
		"AirPlay": {
			5000, "1 tcp LISTEN [::]:5000 dual pid:20 uid:501\n2 tcp LISTEN 0.0.0.0:5000 pid:20 uid:501",
			[]*process.Process{proc(20, "ControlCenter", controlCenter)},
			allTaken, allTaken,
			[]string{
				"ControlCenter (20) listens for AirPlay Receiver and restarts if stopped",
				"change_setting: turn off AirPlay Receiver in System Settings › General › AirDrop & Handoff",
			},
			"terminate",
		},
		"AirPlay of another user, whose command is not known": {
			7000, "1 tcp LISTEN 0.0.0.0:7000 pid:20 uid:502",
			[]*process.Process{proc(20, "ControlCenter")},
			allTaken, allTaken,
			[]string{"change_setting"},
			"terminate",
		},
		"Control Center elsewhere": {
			3000, "1 tcp LISTEN 0.0.0.0:3000 pid:20 uid:501",
			[]*process.Process{proc(20, "ControlCenter", controlCenter)},
			allTaken, allTaken,
			[]string{"terminate: lotop free 3000"},
			"AirPlay",
		},
		"a program of that name": {
			5000, "1 tcp LISTEN 0.0.0.0:5000 pid:20 uid:501",
			[]*process.Process{proc(20, "ControlCenter", "./ControlCenter")},
			allTaken, allTaken,
			[]string{"terminate: lotop free 5000"},
			"AirPlay",
		},
	} {
		c.check(t, name)
	}
}

func TestOnBehalfOwnersMac(t *testing.T) {
	for name, c := range map[string]macCase{
		"launchd": {
			22, "1 tcp LISTEN [::]:22 dual pid:1 uid:0",
			[]*process.Process{proc(1, "launchd", "/sbin/launchd")},
			allTaken, allTaken,
			[]string{
				"launchd (1) listens on behalf of a launchd job and starts it on the first connection; stop it with sudo launchctl bootout system/LABEL",
				"stop_job: sudo launchctl list",
			},
			"terminate",
		},
		"Docker Desktop, as Windows names it": {
			3000, "1 tcp LISTEN 0.0.0.0:3000 pid:20",
			[]*process.Process{proc(20, "com.docker.backend.exe", `C:\Program Files\Docker\Docker\resources\com.docker.backend.exe`)},
			allTaken, allTaken,
			[]string{"stop_container: docker ps"},
			"terminate",
		},
		"Docker Desktop": {
			3000, "1 tcp LISTEN [::]:3000 dual pid:20 uid:501",
			[]*process.Process{proc(20, "com.docker.backe", "/Applications/Docker.app/Contents/MacOS/com.docker.backend", "services")},
			allTaken, allTaken,
			[]string{"com.docker.backe (20) forwards the port to a container", "stop_container: docker ps"},
			"terminate",
		},
	} {
		c.check(t, name)
	}
}

func TestPortsOfMac(t *testing.T) {
	for name, c := range map[string]macCase{
		"a low port": {
			80, "", nil,
			[4]bind.BindStatus{bind.BindDenied, bind.BindOK, bind.BindDenied, bind.BindOK},
			[4]bind.BindStatus{bind.BindDenied, bind.BindOK, bind.BindDenied, bind.BindOK},
			[]string{
				"macOS lets only root bind a specific address below port 1024",
				"privilege: sudo PROGRAM", "other_address: bind to 0.0.0.0 instead", "other_address: bind to :: instead",
			},
			"CAP_NET",
		},
		"a client on an ephemeral port": {
			50000, "1 tcp ESTABLISHED 127.0.0.1:50000 127.0.0.1:3000 pid:20 uid:501", nil, allTaken, allFree,
			[]string{"the port is in the ephemeral port range (49152-65535, sysctl net.inet.ip.portrange): use a port below 49152 to avoid conflicts"},
			"close_connection",
		},
		"a free ephemeral port": {
			50000, "", nil, allFree, allFree,
			[]string{"it is in the ephemeral port range (49152-65535, sysctl net.inet.ip.portrange)"},
			"reserve",
		},
	} {
		c.check(t, name)
	}
}

func TestSocketsOnMac(t *testing.T) {
	for name, c := range map[string]macCase{
		"another user's TIME_WAIT": {
			3000, "1 tcp TIME_WAIT 127.0.0.1:3000 127.0.0.1:50000 uid:502", nil, allTaken, allTaken,
			[]string{"the TIME_WAIT socket belonged to another user"},
			"root",
		},
		"0.0.0.0 comes before ::": {
			3000, "1 tcp LISTEN [::]:3000 dual pid:10 uid:501\n2 tcp LISTEN 0.0.0.0:3000 pid:20 uid:501", nil, allTaken, allTaken,
			[]string{
				"p10 (10) receives no IPv4 connections: p20 (20) listens on 0.0.0.0",
				"127.0.0.1 reaches p20 (20), ::1 reaches p10 (10)",
			},
			"take turns",
		},
		"twins": {
			3000, "1 tcp LISTEN 127.0.0.1:3000 pid:10 uid:501\n2 tcp LISTEN 127.0.0.1:3000 pid:20 uid:501", nil, allTaken, allTaken,
			[]string{"SO_REUSEPORT: one of them receives every connection"},
			"take turns",
		},
		"lights-out management": {
			55555, "", nil, allTaken, allTaken, []string{"macOS reserves port 55555"}, "terminate",
		},
	} {
		c.check(t, name)
	}
}

// checkUnixTerms looks for words that mean something on Linux only.
func checkUnixTerms(t *testing.T, name, all string) {
	t.Helper()
	for _, word := range []string{
		"systemctl", "systemd", "setcap", "CAP_NET", "sysctl net.ipv4", "ip_local_reserved_ports", "ip_unprivileged_port_start",
		"seccomp", "SELinux", "AppArmor", "BPF", "namespace", "close_connection", "close it as root",
	} {
		if strings.Contains(all, word) {
			t.Errorf("%s: %q in\n%s", name, word, all)
		}
	}
}

// Whatever holds a port and whatever the kernel answers: no advice for Linux
// reaches another system.
func TestNoLinuxTermsElsewhere(t *testing.T) {
	tables := []string{"", "1 tcp LISTEN 127.0.0.1:PORT pid:10 uid:501\n2 tcp LISTEN 127.0.0.1:PORT uid:502"}
	for _, state := range sockets.States() {
		tables = append(tables, fmt.Sprintf("1 tcp %[1]v 127.0.0.1:PORT 127.0.0.1:40000 pid:10 uid:501\n2 tcp %[1]v 127.0.0.1:PORT 127.0.0.1:40001 waits", state))
	}
	for _, table := range tables {
		for _, a := range []bind.BindStatus{bind.BindOK, bind.BindInUse, bind.BindDenied, "EPERM", "EADDRNOTAVAIL", "EAFNOSUPPORT"} {
			for _, port := range []uint16{80, 3000, 50000} {
				for _, system := range []string{"darwin", "windows", "freebsd"} {
					e := onMac(t, port, strings.ReplaceAll(table, "PORT", fmt.Sprint(port)))
					e.Platform.OS = system
					e.Connects = []bind.ConnectResult{{Host: netip.AddrFrom4([4]byte{127, 0, 0, 1}), Status: "open"}}
					d := answered(t, &e, [4]bind.BindStatus{a, a, a, a}, [4]bind.BindStatus{a, a, a, a})
					checkUnixTerms(t, system+" "+table, notesAndRemedies(&d))
				}
			}
		}
	}
}
