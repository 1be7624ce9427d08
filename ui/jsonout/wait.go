package jsonout

import "lotop/model/bind"

// Wait is what a wait has come to, as scripts get it.
type Wait struct {
	Target  Target       `json:"target"`
	Reached bool         `json:"reached"`
	AfterMS int64        `json:"after_ms"`
	Verdict bind.Verdict `json:"verdict,omitempty"` // with --free
	Socket  *Socket      `json:"socket,omitempty"`  // that listens
}
