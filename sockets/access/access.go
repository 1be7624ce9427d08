// Package access answers what can be known and done on this machine, and if not,
// why: rights, namespaces, sandboxes and features of the kernel. Each question has
// one answer: yes, no, or could not tell. Only the first two are conclusive.
//
// It is the only package that asks for the user's ID or concludes from an errno
// what this process may do. Its probes change nothing: they read files, ask about
// sockets that do not exist, or open what is their own.
package access

import "fmt"

// Verdict is the answer to a question.
type Verdict uint8

// The verdicts. Unknown means that the probe could not tell.
const (
	Unknown Verdict = iota
	No
	Yes
)

var verdictNames = [...]string{"unknown", "no", "yes"}

// String returns the word that JSON uses.
func (v Verdict) String() string { return verdictNames[v] }

func verdictOf(yes bool) Verdict {
	if yes {
		return Yes
	}
	return No
}

// ID names a question. IDs are an interface: they are only added to.
type ID string

// Group is what a question is about.
type Group string

// The groups, in the order in which they are shown.
const (
	Seen   Group = "seen"   // what lotop sees
	Done   Group = "done"   // what lotop can do
	Kernel Group = "kernel" // what the kernel offers
)

// The questions that the rest of lotop asks.
const (
	OtherUsers    ID = "other_users"    // are the descriptors of other users' processes readable
	HostProcesses ID = "host_processes" // does /proc show every process of the machine
	CloseSockets  ID = "close_sockets"  // can a socket be closed without stopping its process
	SockDiag      ID = "sock_diag"      // does the kernel answer NETLINK_SOCK_DIAG
	// SignalOtherUsers: can processes of other users be signaled.
	SignalOtherUsers ID = "signal_other_users"
)

// Answer is what is known about one question.
type Answer struct {
	ID      ID
	Group   Group
	Verdict Verdict
	Meaning string // what the verdict means for the user, in one clause
	Reason  string // the errno, file or value that it rests on
	Command string // the one command that widens the limit, empty if there is none
	Advice  string // the same as a phrase: "run as root"
	Used    bool   // whether lotop makes use of a yes today
}

// Limited reports whether lotop could do more with a yes.
func (a *Answer) Limited() bool { return a.Used && a.Verdict == No }

// Purpose returns what to do to some end, such as "run as root to see their processes",
// and only where that helps nothing the reason.
func (a *Answer) Purpose(end string) string {
	if a.Advice != "" {
		return a.Advice + " to " + end
	}
	return a.Reason
}

// Checker answers questions. What an answer rests on is read once, because neither
// the rights of this process nor its kernel change while it runs.
type Checker struct {
	checker
}

// New returns a Checker of this process. Proc is the root of the proc file system
// in which processes are looked up, empty for /proc.
func New(proc string) *Checker {
	if proc == "" {
		proc = "/proc"
	}
	return &Checker{newChecker(proc)}
}

// Check answers one question. An ID that this system does not know is answered with Unknown.
func (c *Checker) Check(id ID) Answer {
	for _, q := range c.questions() {
		if q.id == id {
			return q.ask()
		}
	}
	return Answer{ID: id, Meaning: fmt.Sprintf("%s is not a question on this system", id)}
}

// All answers every question, in the order of the groups.
func (c *Checker) All() []Answer {
	all := c.questions()
	answers := make([]Answer, 0, len(all))
	for _, q := range all {
		answers = append(answers, q.ask())
	}
	return answers
}

// Allows reports whether the answer to a question is yes.
func (c *Checker) Allows(id ID) bool { a := c.Check(id); return a.Verdict == Yes }

// UID returns the effective user ID, all ones on a system without such.
func (c *Checker) UID() uint32 { return c.uid() }

// question is asked by find, and says what each verdict means.
type question struct {
	id      ID
	group   Group
	used    bool
	yes, no string // clauses
	find    func() finding
}

// finding is what a probe found.
type finding struct {
	verdict         Verdict
	reason          string
	command, advice string // if it is not yes
}

// always finds the same, whatever this process may do.
func always(v Verdict, reason string) func() finding {
	return func() finding { return finding{verdict: v, reason: reason} }
}

func (q *question) ask() Answer {
	f := q.find()
	a := Answer{ID: q.id, Group: q.group, Verdict: f.verdict, Reason: f.reason, Used: q.used}
	switch f.verdict {
	case Yes:
		a.Meaning = q.yes
	case No:
		a.Meaning, a.Command, a.Advice = q.no, f.command, f.advice
	case Unknown:
		a.Meaning = "could not tell whether " + q.yes
	}
	return a
}
