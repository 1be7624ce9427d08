//go:build !linux

package process

import "lotop/sockets/untrusted"

// ExecutableName returns the base name of the file that p executes: on systems other
// than Linux a process cannot change its Name.
func (r *Reader) ExecutableName(p *Process) untrusted.Text { return p.Name }
