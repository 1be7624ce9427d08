package cli

import (
	"encoding/json"
	"runtime"
	"strings"
	"testing"

	"lotop/sockets/access"
)

func answers(verdict access.Verdict) []access.Answer {
	first := access.Answer{ID: "other_users", Group: access.Seen, Verdict: verdict, Meaning: "what it means", Reason: "no \x1bCAP", Used: true}
	if verdict == access.No {
		first.Command, first.Advice = "sudo lotop", "run as root"
	}
	return []access.Answer{
		first,
		{ID: "bpf", Group: access.Kernel, Verdict: access.No, Meaning: "BPF takes more", Reason: "a sysctl", Advice: "run lotop on the host"},
		{ID: "lockdown", Group: access.Kernel, Meaning: "could not tell", Reason: "no file"},
	}
}

// The text has a sign for each verdict, and under a limit its reason and what widens
// it. Only what lotop uses limits it.
func TestDoctor(t *testing.T) {
	limited := setting{access: answers(access.No)}.run(t, "doctor")
	for _, want := range []string{
		"What lotop sees\n  ✗ other_users  what it means\n", "                 no ", "CAP\n                 run: sudo lotop\n\n",
		"What the kernel offers\n  ✗ bpf          BPF takes more\n                 a sysctl\n                 run lotop on the host\n  ? lockdown     could not tell\n",
		"1 of 1 features that lotop uses are limited.\n",
	} {
		if !strings.Contains(limited.out, want) {
			t.Errorf("no %q in\n%s", want, limited.out)
		}
	}
	if limited.code != 1 || limited.err != "" || strings.Contains(limited.out, "\x1b") || strings.Contains(limited.out, "What lotop can do") {
		t.Errorf("exit %d, %q\n%s", limited.code, limited.err, limited.out)
	}
	if strings.Contains(limited.out, grantCommand) != (runtime.GOOS == "linux") {
		t.Errorf("the command for file capabilities:\n%s", limited.out)
	}
	for _, verdict := range []access.Verdict{access.Yes, access.Unknown} {
		r := setting{access: answers(verdict)}.run(t, "doctor")
		if r.code != 0 || !strings.HasSuffix(r.out, "\nEverything lotop can use is available.\n") {
			t.Errorf("%v: exit %d\n%s", verdict, r.code, r.out)
		}
	}
}

func TestDoctorJSON(t *testing.T) {
	r := setting{access: answers(access.No)}.run(t, "doctor", "--json")
	var got struct {
		System  string
		Limited bool
		Answers []map[string]any
	}
	if err := json.Unmarshal([]byte(r.out), &got); err != nil {
		t.Fatal(err)
	}
	if r.code != 1 || got.System != runtime.GOOS || !got.Limited || len(got.Answers) != 3 {
		t.Fatalf("exit %d, %s", r.code, r.out)
	}
	first, last := got.Answers[0], got.Answers[2]
	if first["id"] != "other_users" || first["verdict"] != "no" || first["used"] != true || first["command"] != "sudo lotop" || first["group"] != "seen" {
		t.Errorf("%v", first)
	}
	if _, ok := last["command"]; ok || last["verdict"] != "unknown" || last["used"] != false {
		t.Errorf("%v", last)
	}
}

// Where nothing is known the command fails and does not say that all is well.
func TestDoctorUnsupported(t *testing.T) {
	if r := (setting{}).run(t, "doctor"); r.code != 2 || r.out != "" || !strings.Contains(r.err, "not supported") {
		t.Errorf("exit %d, %q, %q", r.code, r.out, r.err)
	}
}
