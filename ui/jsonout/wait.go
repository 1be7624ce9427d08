package jsonout

import "lotop/model/bind"

// Wait is the JSON of lotop wait.
type Wait struct {
	Target  Target       `json:"target"`
	Reached bool         `json:"reached"`
	AfterMS int64        `json:"after_ms"`
	Verdict bind.Verdict `json:"verdict,omitempty"` // with --free
	Socket  *Socket      `json:"socket,omitempty"`  // the listener
}
