package process

import (
	"path"
	"strings"

	"lotop/sockets/untrusted"
)

// ExecutableName returns the base name of the file that p executes, which the
// kernel knows. Name and arguments are p's own choice: it can change both at any
// time, see PR_SET_NAME in prctl(2). The result is empty if p has exited, if its
// executable may not be read, or if that is a memory file, which has no name but
// the one that its creator made up.
func (r *Reader) ExecutableName(p *Process) untrusted.Text {
	buf := r.buffer()
	defer r.release(buf)
	f, err := r.openDir(p.PID)
	if err != nil {
		return untrusted.Text{}
	}
	defer f.close()
	if s, err := f.stat(buf); err != nil || s.start != p.Start {
		return untrusted.Text{}
	}
	exe := strings.TrimSuffix(f.link("exe", buf).Raw(), " (deleted)")
	if exe == "" || strings.HasPrefix(exe, "/memfd:") {
		return untrusted.Text{}
	}
	return untrusted.New(path.Base(exe))
}
