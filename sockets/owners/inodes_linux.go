package owners

import (
	"slices"

	"lotop/sockets"
)

// setLinks sets the links of a process and updates the owners of their inodes. It
// copies links.
func (o *Index) setLinks(p *procFDs, links []fdLink) {
	old, next := p.links, links
	for len(old) > 0 || len(next) > 0 {
		switch {
		case len(next) == 0 || len(old) > 0 && old[0].fd < next[0].fd:
			o.removeOwner(p.pid, old[0])
			old = old[1:]
		case len(old) == 0 || next[0].fd < old[0].fd:
			o.addOwner(p.pid, next[0])
			next = next[1:]
		default:
			if old[0].inode != next[0].inode {
				o.removeOwner(p.pid, old[0])
				o.addOwner(p.pid, next[0])
			}
			old, next = old[1:], next[1:]
		}
	}
	p.links = append(p.links[:0], links...)
}

func (o *Index) addOwner(pid int32, l fdLink) {
	if l.inode == 0 {
		return
	}
	o.changed = true
	s := o.inodes[l.inode]
	if s == nil {
		s = &inodeOwners{inode: l.inode}
		o.inodes[l.inode] = s
	}
	owner := sockets.Owner{PID: pid, FD: l.fd}
	i, _ := slices.BinarySearchFunc(s.owners, owner, sockets.CompareOwners)
	s.owners = slices.Concat(s.owners[:i], []sockets.Owner{owner}, s.owners[i:])
	if len(s.owners) == 2 {
		o.shared[l.inode] = s
	}
}

func (o *Index) removeOwner(pid int32, l fdLink) {
	s := o.inodes[l.inode]
	if s == nil {
		return
	}
	o.changed = true
	if len(s.owners) == 1 && s.owners[0].PID == pid {
		s.owners = nil
		delete(o.inodes, l.inode)
		return
	}
	owner := sockets.Owner{PID: pid, FD: l.fd}
	if i, ok := slices.BinarySearchFunc(s.owners, owner, sockets.CompareOwners); ok {
		s.owners = slices.Concat(s.owners[:i], s.owners[i+1:])
		if len(s.owners) < 2 {
			delete(o.shared, l.inode)
		}
	}
}
