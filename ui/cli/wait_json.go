package cli

import "lotop/model/bind"

// waitJSON is what a wait has come to, as scripts get it.
type waitJSON struct {
	Target  targetJSON   `json:"target"`
	Reached bool         `json:"reached"`
	AfterMS int64        `json:"after_ms"`
	Verdict bind.Verdict `json:"verdict,omitempty"` // with --free
	Socket  *socketJSON  `json:"socket,omitempty"`  // that listens
}
