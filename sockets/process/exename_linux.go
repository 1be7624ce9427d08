package process

import (
	"path"
	"strings"

	"lotop/sockets/untrusted"
)

// ExecutableName returns the base name of the file that p executes, from the kernel.
// Name and arguments are p's own choice: it can change both at any time, see
// PR_SET_NAME in prctl(2). The result is empty if p has exited, if its executable may
// not be read, or if that is a memory file, whose name its creator chose.
func (r *Reader) ExecutableName(p *Process) untrusted.Text {
	exe, err := withProc(r, p.PID, func(d procDir, buf *[]byte) (string, error) {
		s, err := d.stat(buf)
		if err != nil || s.start != p.Start {
			return "", err
		}
		return strings.TrimSuffix(d.link("exe", buf).Raw(), " (deleted)"), nil
	})
	if err != nil || exe == "" || strings.HasPrefix(exe, "/memfd:") {
		return untrusted.Text{}
	}
	return untrusted.New(path.Base(exe))
}
