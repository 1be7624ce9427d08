package owners

import (
	"slices"

	"golang.org/x/sys/unix"
)

// scanDepth is which links of a process are read.
type scanDepth uint8

const (
	knownFDs scanDepth = iota // those of known descriptors whose socket is gone
	newFDs                    // and those of new descriptors
	allFDs                    // all, ignoring known links
)

// rescan reads the descriptors of a process again.
func (o *Index) rescan(p *procFDs, depth scanDepth) {
	if depth == allFDs && p.fullScanGen == o.gen {
		return
	}
	if o.hasFDCount && p.fdCount == 0 { // a kernel thread or a zombie
		p.fullScanGen = o.gen
		o.setLinks(p, nil)
		return
	}
	dir, err := o.procfs.openFDs(p.path)
	if err != nil {
		p.denied = err == errDenied
		o.setLinks(p, nil)
		return
	}
	defer unix.Close(dir)
	if len(p.links) == 0 && o.hasFDCount && depth > knownFDs && o.probeFDs(p, dir) {
		return
	}
	fds := o.fdNumbers(p)
	if depth > knownFDs {
		if fds, err = o.procfs.listNumeric(dir); err != nil {
			return // it exited during the read; the next pass removes it
		}
		slices.Sort(fds) // proc already lists them in order; the merge relies on it
		if depth == allFDs || len(p.links) == 0 {
			p.fullScanGen = o.gen
		}
	}
	before := p.links
	switch depth {
	case allFDs:
		before = nil
	case newFDs:
		before = o.withoutFiles(before)
	}
	o.links, p.denied = o.readLinks(dir, fds, before)
	o.setLinks(p, o.links)
}

// probeFDs reads the links of a process with known number but unknown descriptors by
// trying 0, 1, 2 and so on: listing them first takes a quarter longer. It returns
// false if the gaps between them are too large.
func (o *Index) probeFDs(p *procFDs, dir int) bool {
	links := o.links[:0]
	defer func() { o.links = links }()
	gaps := 16 + p.fdCount/8
	for fd := int32(0); int64(len(links)) < p.fdCount; fd++ {
		inode, err := o.procfs.fdInode(dir, fd)
		switch err {
		case nil:
			links = append(links, fdLink{fd: fd, inode: inode})
			continue
		case errDenied:
			p.denied = true
			return true
		}
		if gaps--; gaps < 0 {
			return false
		}
	}
	if o.procfs.fdCount(dir) != p.fdCount {
		return false // one opened meanwhile may have been counted instead of one with a higher number
	}
	p.denied, p.fullScanGen = false, o.gen
	o.setLinks(p, links)
	return true
}

// fdNumbers returns the known descriptors of a process.
func (o *Index) fdNumbers(p *procFDs) []int32 {
	fds := o.procfs.numbers[:0]
	for _, l := range p.links {
		fds = append(fds, l.fd)
	}
	o.procfs.numbers = fds
	return fds
}

// readLinks returns the links of the descriptors in fds, taken from before if those
// are still valid.
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

// linkValid reports whether a known link need not be read again: it refers to no
// socket, or to one that was never in a table (a unix socket), or to one that still
// is.
func (o *Index) linkValid(inode uint32) bool {
	if inode == 0 {
		return true
	}
	s := o.inodes[inode]
	return s != nil && (s.listedGen == 0 || s.listedGen == o.gen)
}

// maxFileRecheck limits how many links to files are read again in a process that has
// opened or closed something. If it has more, they are taken as known: a database
// with thousands of files opens and closes some all the time.
const maxFileRecheck = 64

// withoutFiles returns the links without those to files, if there are few of these:
// such a descriptor may have become a duplicate of a socket that has an owner
// already, for which nothing would search.
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
