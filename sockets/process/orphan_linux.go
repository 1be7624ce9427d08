package process

import (
	"errors"
	"os"
	"strconv"
)

// orphaned reports whether a process has outlived the job it was started in, see
// Process.Orphaned. While a group has members the kernel gives its number to no
// process, so where there is none of that pid the leader has exited.
//
// A daemon that detached itself is not meant: it leads a session, or like one
// that forked once more is in the group of its session's leader.
func (r *Reader) orphaned(s *stat) bool {
	if s.group == 0 || s.group == s.pid || s.group == s.session {
		return false
	}
	if _, err := os.Lstat(r.proc + "/" + strconv.Itoa(s.group)); !errors.Is(err, os.ErrNotExist) {
		return false
	}
	// A child is born into its parent's session and leaves it as a leader only.
	parent, err := r.stat(s.parent)
	if err != nil {
		return s.parent == 1 // which hidepid hides
	}
	return parent.session != s.session
}
