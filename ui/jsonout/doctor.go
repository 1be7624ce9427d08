package jsonout

import (
	"lotop/sockets/access"
	"lotop/sockets/untrusted"
)

// Doctor is what lotop can see and do on this machine.
type Doctor struct {
	System  string         `json:"system"` // as runtime.GOOS has it
	Limited bool           `json:"limited"`
	Answers []AccessAnswer `json:"answers"`
}

// AccessAnswer is the answer to one question. Reason, command and advice are absent
// where there is none.
type AccessAnswer struct {
	ID      string         `json:"id"`
	Group   string         `json:"group"`   // seen, done or kernel
	Verdict string         `json:"verdict"` // yes, no or unknown
	Used    bool           `json:"used"`    // whether lotop makes use of a yes
	Meaning string         `json:"meaning"`
	Reason  untrusted.Text `json:"reason,omitzero"`
	Command string         `json:"command,omitempty"`
	Advice  string         `json:"advice,omitempty"` // also where no command widens the limit
}

// NewDoctor describes the answers of a system.
func NewDoctor(system string, answers []access.Answer) Doctor {
	d := Doctor{System: system, Answers: make([]AccessAnswer, 0, len(answers))}
	for i := range answers {
		a := &answers[i]
		d.Limited = d.Limited || a.Limited()
		d.Answers = append(d.Answers, AccessAnswer{
			ID: string(a.ID), Group: string(a.Group), Verdict: a.Verdict.String(), Used: a.Used,
			Meaning: a.Meaning, Reason: untrusted.New(a.Reason), Command: a.Command, Advice: a.Advice,
		})
	}
	return d
}
