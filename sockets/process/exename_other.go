//go:build !linux

package process

// ExecutableName returns the base name of the file that p executes, which the
// kernel knows: on systems other than Linux a process cannot change its Name.
func (r *Reader) ExecutableName(p *Process) Untrusted { return p.Name }
