package owners

import (
	"slices"

	"golang.org/x/sys/unix"
)

// scanDepth is how closely a process is looked at.
type scanDepth uint8

const (
	knownFDs scanDepth = iota // the descriptors it had, where their socket has gone
	newFDs                    // and the descriptors that are new
	allFDs                    // all, trusting no link
)

// rescan reads a process's descriptors again.
func (o *Index) rescan(h *procFDs, deep scanDepth) {
	if deep == allFDs && h.fullScanGen == o.gen {
		return
	}
	if o.hasFDCount && h.fdCount == 0 { // a part of the kernel, or a zombie
		h.fullScanGen = o.gen
		o.setLinks(h, nil)
		return
	}
	dir, err := o.procfs.openFDs(h.path)
	if err != nil {
		h.denied = err == errDenied
		o.setLinks(h, nil)
		return
	}
	defer unix.Close(dir)
	if len(h.links) == 0 && o.hasFDCount && deep > knownFDs && o.probeFDs(h, dir) {
		return
	}
	fds := o.fdNumbers(h)
	if deep > knownFDs {
		if fds, err = o.procfs.listNumeric(dir); err != nil {
			return // it ended in mid-read; the next pass will not see it
		}
		slices.Sort(fds) // proc lists them in order already; the merge relies on it
		if deep == allFDs || len(h.links) == 0 {
			h.fullScanGen = o.gen
		}
	}
	before := h.links
	switch deep {
	case allFDs:
		before = nil
	case newFDs:
		before = o.withoutFiles(before)
	}
	o.links, h.denied = o.readLinks(dir, fds, before)
	o.setLinks(h, o.links)
}

// probeFDs reads the links of a process of which nothing is known but the number
// of its descriptors, by trying 0, 1, 2 and so on: to list them first takes a
// quarter longer. It gives up where the numbers are too far apart.
func (o *Index) probeFDs(h *procFDs, dir int) bool {
	links := o.links[:0]
	defer func() { o.links = links }()
	gaps := 16 + h.fdCount/8
	for fd := int32(0); int64(len(links)) < h.fdCount; fd++ {
		inode, err := o.procfs.fdInode(dir, fd)
		switch err {
		case nil:
			links = append(links, fdLink{fd: fd, inode: inode})
			continue
		case errDenied:
			h.denied = true
			return true
		}
		if gaps--; gaps < 0 {
			return false
		}
	}
	if o.procfs.fdCount(dir) != h.fdCount {
		return false // one that came meanwhile was taken for one with a higher number
	}
	h.denied, h.fullScanGen = false, o.gen
	o.setLinks(h, links)
	return true
}

// fdNumbers lists the descriptors that h is known to have.
func (o *Index) fdNumbers(h *procFDs) []int32 {
	fds := o.procfs.numbers[:0]
	for _, l := range h.links {
		fds = append(fds, l.fd)
	}
	o.procfs.numbers = fds
	return fds
}

// readLinks gives the link of every descriptor in fds, out of before where that
// can be trusted.
func (o *Index) readLinks(dir int, fds []int32, before []fdLink) (links []fdLink, denied bool) {
	links = o.links[:0]
	for _, fd := range fds {
		for len(before) > 0 && before[0].fd < fd {
			before = before[1:]
		}
		if len(before) > 0 && before[0].fd == fd && o.linkValid(before[0].inode) {
			links = append(links, before[0])
			continue
		}
		inode, err := o.procfs.fdInode(dir, fd)
		if err == errDenied {
			return links, true
		}
		if err != nil {
			continue
		}
		links = append(links, fdLink{fd: fd, inode: inode})
	}
	return links, false
}

// linkValid tells whether a link can be taken as read: it led to no socket, or to
// one that no table ever listed (a unix socket), or to one still listed.
func (o *Index) linkValid(inode uint32) bool {
	if inode == 0 {
		return true
	}
	s := o.inodes[inode]
	return s != nil && (s.listedGen == 0 || s.listedGen == o.gen)
}

// maxFileRecheck is how many descriptors of files are read again in a process that
// has opened or closed something. More are trusted: a database with thousands
// of files opens and closes some all the time.
const maxFileRecheck = 64

// withoutFiles leaves out the descriptors of files, where they are few: in the
// place of one there may be a copy of a socket that is known already, which
// nobody will miss.
func (o *Index) withoutFiles(links []fdLink) []fdLink {
	files := 0
	for _, l := range links {
		if l.inode == 0 {
			files++
		}
	}
	if files > maxFileRecheck {
		return links
	}
	o.keptLinks = o.keptLinks[:0]
	for _, l := range links {
		if l.inode != 0 {
			o.keptLinks = append(o.keptLinks, l)
		}
	}
	return o.keptLinks
}
