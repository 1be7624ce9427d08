package process

import "bytes"

// The result of proc_info for PROC_PIDVNODEPATHINFO, struct proc_vnodepathinfo of
// macOS (bsd/sys/proc_info.h of xnu): a struct vnode_info_path for the working
// directory and one for the root directory.
const (
	maxPath       = 1024 // MAXPATHLEN
	vnodeInfoLen  = 152  // struct vnode_info, which precedes the path
	vnodePathsLen = 2 * (vnodeInfoLen + maxPath)
)

// parseCwd returns the working directory of struct proc_vnodepathinfo, empty if it is
// missing.
func parseCwd(b []byte) string {
	if len(b) < vnodePathsLen {
		return ""
	}
	return parsePath(b[vnodeInfoLen:][:maxPath])
}

// parsePath returns a NUL-terminated path, empty if it is truncated or not a path.
func parsePath(b []byte) string {
	path, _, complete := bytes.Cut(b, []byte{0})
	if !complete || len(path) == 0 || path[0] != '/' {
		return ""
	}
	return string(path)
}
