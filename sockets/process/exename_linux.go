package process

import (
	"path"
	"strings"
)

// ExecutableName returns the base name of the file that p executes, which the
// kernel knows. Name and arguments are p's own choice: it can change both at any
// time, see PR_SET_NAME in prctl(2). The result is empty if p has exited, if its
// executable may not be read, or if that is a memory file, which has no name but
// the one that its creator made up.
func (r *Reader) ExecutableName(p *Process) Untrusted {
	buf := r.buffer()
	defer r.release(buf)
	f, err := r.openDir(p.PID)
	if err != nil {
		return Untrusted{}
	}
	defer f.close()
	if s, err := f.stat(buf); err != nil || s.start != p.Start {
		return Untrusted{}
	}
	exe := strings.TrimSuffix(f.link("exe", buf).raw, " (deleted)")
	if exe == "" || strings.HasPrefix(exe, "/memfd:") {
		return Untrusted{}
	}
	return NewUntrusted(path.Base(exe))
}
