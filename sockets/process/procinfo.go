package process

import "bytes"

// The answer of proc_info to PROC_PIDVNODEPATHINFO, struct proc_vnodepathinfo of
// macOS (bsd/sys/proc_info.h of xnu): a struct vnode_info_path for the working
// directory and one for the root directory.
const (
	maxPath       = 1024 // MAXPATHLEN
	vnodeInfoLen  = 152  // struct vnode_info, which stands before the path
	vnodePathsLen = 2 * (vnodeInfoLen + maxPath)
)

// parseCwd takes the working directory from struct proc_vnodepathinfo; empty if
// it is not told.
func parseCwd(b []byte) string {
	if len(b) < vnodePathsLen {
		return ""
	}
	return parsePath(b[vnodeInfoLen:][:maxPath])
}

// parsePath takes a path that a zero ends; empty if it is cut short or no path.
func parsePath(b []byte) string {
	path, _, whole := bytes.Cut(b, []byte{0})
	if !whole || len(path) == 0 || path[0] != '/' {
		return ""
	}
	return string(path)
}
