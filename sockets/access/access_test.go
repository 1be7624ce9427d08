package access

import (
	"regexp"
	"strings"
	"testing"
)

// systems are the questions of every system, whatever this one is.
func systems() map[string][]question {
	return map[string][]question{
		"linux":       new(linuxFacts).questions(func(stage) {}),
		"macos":       macQuestions(501),
		"macos, root": macQuestions(0),
		"windows":     windowsQuestions(false),
		"elevated":    windowsQuestions(true),
	}
}

// An ID is snake_case and names one question; every answer says what it means, and
// what it rests on.
func TestQuestions(t *testing.T) {
	word := regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	for system, all := range systems() {
		seen := map[ID]bool{}
		for _, q := range all {
			a := q.ask()
			if !word.MatchString(string(q.id)) || seen[q.id] {
				t.Errorf("%s: %q is no new ID", system, q.id)
			}
			seen[q.id] = true
			if system != "linux" && a.Reason == "" || a.Meaning == "" || a.Group != Seen && a.Group != Done && a.Group != Kernel {
				t.Errorf("%s: %+v", system, a)
			}
			if a.Command != "" && a.Advice == "" {
				t.Errorf("%s: a command without a word for it: %+v", system, a)
			}
			if strings.HasSuffix(a.Meaning, ".") || a.Verdict == Yes && (a.Command != "" || a.Advice != "") {
				t.Errorf("%s: %+v", system, a)
			}
		}
		for _, id := range []ID{OtherUsers, HostProcesses, CloseSockets, SignalOtherUsers} {
			if !seen[id] {
				t.Errorf("%s has no answer to %s", system, id)
			}
		}
	}
}

// A verdict decides which clause is said.
func TestAsk(t *testing.T) {
	for _, tt := range []struct {
		verdict Verdict
		meaning string
		command string
		limited bool
	}{
		{Yes, "it works", "", false},
		{No, "it does not", "sudo", true},
		{Unknown, "could not tell whether it works", "", false},
	} {
		q := question{"x", Seen, true, "it works", "it does not", func() finding { return finding{tt.verdict, "why", "sudo", "run as root"} }}
		a := q.ask()
		if a.Meaning != tt.meaning || a.Command != tt.command || a.Limited() != tt.limited || a.Reason != "why" {
			t.Errorf("%+v", a)
		}
		if q.used = false; tt.limited {
			if a := q.ask(); a.Limited() {
				t.Errorf("nothing uses it: %+v", a)
			}
		}
	}
}

// A question asked alone has the answer that it has among all: it gathers whatever
// it rests on.
func TestCheckAgreesWithAll(t *testing.T) {
	for _, want := range New("").All() {
		if want.ID == "single_network" {
			continue // other tests make and leave namespaces
		}
		if got := New("").Check(want.ID); got != want {
			t.Errorf("alone %+v\namong all %+v", got, want)
		}
	}
}

func TestUnknownID(t *testing.T) {
	c := New("")
	if a := c.Check("no_such_thing"); a.Verdict != Unknown || a.Meaning == "" || c.Allows("no_such_thing") {
		t.Errorf("%+v", a)
	}
}

// Root and elevation are what counts elsewhere.
func TestOtherSystems(t *testing.T) {
	for system, want := range map[string]Verdict{"macos": No, "macos, root": Yes, "windows": No, "elevated": Yes} {
		for _, q := range systems()[system] {
			if q.id != OtherUsers && q.id != SignalOtherUsers {
				continue
			}
			if a := q.ask(); a.Verdict != want || (want == No) != (a.Command != "") {
				t.Errorf("%s: %+v", system, a)
			}
		}
	}
	for _, q := range macQuestions(0) {
		if a := q.ask(); a.ID == "unprotected_processes" && a.Verdict != Unknown {
			t.Errorf("nothing was probed: %+v", a)
		}
	}
}
