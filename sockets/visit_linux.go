package sockets

import (
	"slices"

	"golang.org/x/sys/unix"
)

// depth is how closely a process is looked at.
type depth uint8

const (
	knownFDs depth = iota // the descriptors it had, where their socket has gone
	newFDs                // and the descriptors that are new
	allFDs                // all, trusting no link
)

// visit reads a process's descriptors again.
func (o *owners) visit(h *holder, deep depth) {
	if deep == allFDs && h.whole == o.pass {
		return
	}
	if o.sizes && h.count == 0 { // a part of the kernel, or a zombie
		h.whole = o.pass
		o.replace(h, nil)
		return
	}
	dir, err := o.dir.openFDs(h.path)
	if err != nil {
		h.denied = err == errDenied
		o.replace(h, nil)
		return
	}
	defer unix.Close(dir)
	if len(h.links) == 0 && o.sizes && deep > knownFDs && o.probe(h, dir) {
		return
	}
	fds := o.fds(h)
	if deep > knownFDs {
		if fds, err = o.dir.list(dir); err != nil {
			return // it ended in mid-read; the next pass will not see it
		}
		slices.Sort(fds) // proc lists them in order already; the merge relies on it
		if deep == allFDs || len(h.links) == 0 {
			h.whole = o.pass
		}
	}
	before := h.links
	switch deep {
	case allFDs:
		before = nil
	case newFDs:
		before = o.worthTrust(before)
	}
	o.links, h.denied = o.readLinks(dir, fds, before)
	o.replace(h, o.links)
}

// probe reads the links of a process of which nothing is known but the number
// of its descriptors, by trying 0, 1, 2 and so on: to list them first takes a
// quarter longer. It gives up where the numbers are too far apart.
func (o *owners) probe(h *holder, dir int) bool {
	links := o.links[:0]
	defer func() { o.links = links }()
	gaps := 16 + h.count/8
	for fd := int32(0); int64(len(links)) < h.count; fd++ {
		inode, err := o.dir.inode(dir, fd)
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
	if o.dir.countOf(dir) != h.count {
		return false // one that came meanwhile was taken for one with a higher number
	}
	h.denied, h.whole = false, o.pass
	o.replace(h, links)
	return true
}

// fds lists the descriptors that h is known to have.
func (o *owners) fds(h *holder) []int32 {
	fds := o.dir.numbers[:0]
	for _, l := range h.links {
		fds = append(fds, l.fd)
	}
	o.dir.numbers = fds
	return fds
}

// readLinks gives the link of every descriptor in fds, out of before where that
// can be trusted.
func (o *owners) readLinks(dir int, fds []int32, before []fdLink) (links []fdLink, denied bool) {
	links = o.links[:0]
	for _, fd := range fds {
		for len(before) > 0 && before[0].fd < fd {
			before = before[1:]
		}
		if len(before) > 0 && before[0].fd == fd && o.trust(before[0].inode) {
			links = append(links, before[0])
			continue
		}
		inode, err := o.dir.inode(dir, fd)
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

// trust tells whether a link can be taken as read: it led to no socket, or to
// one that no table ever listed (a unix socket), or to one still listed.
func (o *owners) trust(inode uint32) bool {
	if inode == 0 {
		return true
	}
	s := o.sockets[inode]
	return s != nil && (s.listed == 0 || s.listed == o.pass)
}

// filesAtMost is how many descriptors of files are read again in a process that
// has opened or closed something. More are trusted: a database with thousands
// of files opens and closes some all the time.
const filesAtMost = 64

// worthTrust leaves out the descriptors of files, where they are few: in the
// place of one there may be a copy of a socket that is known already, which
// nobody will miss.
func (o *owners) worthTrust(links []fdLink) []fdLink {
	files := 0
	for _, l := range links {
		if l.inode == 0 {
			files++
		}
	}
	if files > filesAtMost {
		return links
	}
	o.kept = o.kept[:0]
	for _, l := range links {
		if l.inode != 0 {
			o.kept = append(o.kept, l)
		}
	}
	return o.kept
}
