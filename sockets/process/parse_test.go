package process

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// statLine is a line as Linux 6.18 writes it.
func statLine(pid int, name string, parent, start int) string {
	return fmt.Sprintf("%d (%s) S %d 4411 4400 34816 4411 4194304 1520 0 2 0 31 7 0 0 20 0 11 0 %d "+
		"1267249152 9728 18446744073709551615 4194304 5862109 140723904 0 0 0 0 4096 17155 0 0 0 17 1 0 0 0 0 0 "+
		"6139904 6210936 14372864 140723 140741 140741 140789 0\n", pid, name, parent, start)
}

func TestParseStat(t *testing.T) {
	for _, name := range []string{"node", "", "a b", "a) b (\x1b[31m", ")", "(", ") S 1 2 3", "two\nlines", "(sd-pam)", "\xff\x00"} {
		got, err := parseStat([]byte(statLine(4411, name, 4400, 987654)))
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		want := stat{name: []byte(name), pid: 4411, parent: 4400, group: 4411, session: 4400, threads: 11, flags: 4194304, cpuTicks: 38, start: 987654, state: 'S'}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(stat{}), cmp.Comparer(func(a, b []byte) bool { return string(a) == string(b) })); diff != "" {
			t.Errorf("%q: %s", name, diff)
		}
	}
}

func TestParseStatOfKernelThread(t *testing.T) {
	got, err := parseStat([]byte("2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 3 0 0 20 0 1 0 4 0 0 18446744073709551615 0 0 0\n"))
	if err != nil || got.flags&kernelThread == 0 || got.parent != 0 || got.start != 4 {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestParseStatTruncated cuts a line anywhere: a number that lost digits must not
// pass for a start time.
func TestParseStatTruncated(t *testing.T) {
	line := statLine(4411, "node", 4400, 987654)
	whole := strings.Index(line, "987654") + len("987654 ")
	for n := range line {
		got, err := parseStat([]byte(line[:n]))
		if n < whole && err == nil {
			t.Fatalf("%q passes", line[:n])
		}
		if n >= whole && (err != nil || got.start != 987654) {
			t.Fatalf("%q: %v", line[:n], err)
		}
	}
	for _, bad := range []string{"", "()", ")(", "-5 (x) S 1 ", "99999999999 (x) S 1 ", strings.Replace(line, "S 4400", "S -1", 1), strings.Replace(line, " S ", " SS ", 1)} {
		if _, err := parseStat([]byte(bad)); err == nil {
			t.Errorf("%q passes", bad)
		}
	}
}

func FuzzParseStat(f *testing.F) {
	f.Add([]byte(statLine(4411, "a) b", 4400, 987654)))
	f.Add([]byte("2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 3 0 0 20 0 1 0 4 0 0\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := parseStat(b)
		if s.pid < 0 || s.parent < 0 || s.threads < 0 || err == nil && s.state == 0 {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

const statusText = "Name:\ta\\nUid:\t7\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t4411\nNgid:\t0\nPid:\t4411\nPPid:\t1\n" +
	"TracerPid:\t77\nUid:\t1000\t1001\t1002\t1003\nGid:\t5\t6\t7\t8\nVmSize:\t    9000 kB\nVmRSS:\t    2048 kB\nThreads:\t3\n" +
	"SigBlk:\t0000000000000000\nSigIgn:\t0000000000005000\nSigCgt:\t0000000180000000\n"

func TestParseStatus(t *testing.T) {
	all := cmp.AllowUnexported(status{})
	want := status{tgid: 4411, tracer: 77, uid: 1001, hasUID: true, memory: 2 << 20, sigIgn: 0x5000}
	if diff := cmp.Diff(want, parseStatus([]byte(statusText)), all); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{
		"", "Uid:", "Uid:\t1\n", "Uid:\t1\tx\t1\t1\n", "Uid:\t1\t4294967296\t1\t1\n", "Uid:\t1\t10",
		"VmRSS:\t-1 kB\n", "VmRSS:\t18446744073709551615 kB\n", "TracerPid:\t-1\n", "SigIgn:\tXY\n",
	} {
		if diff := cmp.Diff(status{}, parseStatus([]byte(bad)), all); diff != "" {
			t.Errorf("%q: %s", bad, diff)
		}
	}
}

func FuzzParseStatus(f *testing.F) {
	f.Add([]byte(statusText))
	f.Fuzz(func(t *testing.T, b []byte) {
		if s := parseStatus(b); s.tgid < 0 || s.tracer < 0 || !s.hasUID && s.uid != 0 {
			t.Errorf("%+v", s)
		}
	})
}

func TestParseArgs(t *testing.T) {
	for _, test := range []struct {
		in   string
		want []string
	}{
		{"", nil},
		{"\x00", nil},
		{"\x00\x00\x00", nil},
		{"node\x00server.js\x00", []string{"node", "server.js"}},
		{"node", []string{"node"}},
		{"a\x00\x00b\x00", []string{"a", "", "b"}},
		{"\x00b\x00", []string{"", "b"}},
		{"nginx: worker process\x00\x00\x00\x00", []string{"nginx: worker process"}},
		{"two\nlines\x00\x1b[31m\xff\x00", []string{"two\nlines", "\x1b[31m\xff"}},
	} {
		got := parseArgs([]byte(test.in))
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%q: %s", test.in, diff)
		}
		if !sameArgs([]byte(test.in), got) {
			t.Errorf("%q: not the same as itself", test.in)
		}
	}
	for _, test := range [][2]string{{"a\x00b\x00", "a b\x00"}, {"a\x00b\x00", "a\x00"}, {"a\x00", "a\x00b\x00"}, {"", "a\x00"}, {"a\x00", ""}, {"ab\x00", "a\x00b\x00"}} {
		if sameArgs([]byte(test[0]), parseArgs([]byte(test[1]))) {
			t.Errorf("%q and %q are the same", test[0], test[1])
		}
	}
}

func FuzzParseArgs(f *testing.F) {
	f.Add([]byte("a\x00\x00b\x00"), []byte("a\x00b\x00"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		first, second := parseArgs(a), parseArgs(b)
		if !sameArgs(a, first) || sameArgs(a, second) != cmp.Equal(first, second) {
			t.Errorf("%q and %q", first, second)
		}
	})
}

func TestParseCgroupFile(t *testing.T) {
	for in, want := range map[string]string{
		"":                                 "",
		"0::/\n":                           "/",
		"0::/system.slice/a.service\n":     "/system.slice/a.service",
		"0::/a:b:c\n":                      "/a:b:c",
		"0::/system.slice/a.serv":          "", // cut short
		"rubbish\n":                        "",
		"9:pids:/x\n1:name=systemd:/y\n":   "/y",
		"9:pids:/x\n0::/\n":                "/x",
		"1:name=systemd:/y\n0::/z\n":       "/z",
		"1:name=systemd:/y\n0::/\n":        "/y",
		"4:cpu:/\n3:memory:/docker/1\n":    "/docker/1",
		"12:pids:/\n1:name=systemd:/\n":    "/",
		"0::/../../system.slice/b.mount\n": "/../../system.slice/b.mount",
	} {
		if got := parseCgroupFile([]byte(in)); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func FuzzParseCgroupFile(f *testing.F) {
	f.Add([]byte("9:pids:/x\n1:name=systemd:/y\n0::/\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got := parseCgroupFile(b); strings.Contains(got, "\n") {
			t.Errorf("%q", got)
		}
	})
}
