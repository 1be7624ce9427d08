package process

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"lotop/sockets/untrusted"
)

// Users has the user names of this machine, as far as the password file contains
// them. It may be used by several goroutines at once.
type Users struct {
	path string

	mu       sync.Mutex
	names    map[uint32]untrusted.Text
	modified time.Time
	size     int64
	accounts map[string]untrusted.Text // by SID
}

// NewUsers returns the users of that password file, which is read when a name is
// first needed; "" means /etc/passwd.
func NewUsers(path string) *Users {
	if path == "" {
		path = "/etc/passwd"
	}
	return &Users{path: path}
}

// Name returns the name of a user, or the number if the file has no such user. The
// file is read again once it has changed.
func (u *Users) Name(uid uint32) untrusted.Text {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.update()
	if name, ok := u.names[uid]; ok {
		return name
	}
	return untrusted.New(strconv.FormatUint(uint64(uid), 10))
}

// update keeps the known names while the file cannot be read: tools replace it by
// renaming.
func (u *Users) update() {
	info, err := os.Stat(u.path)
	if err != nil || u.names != nil && info.ModTime().Equal(u.modified) && info.Size() == u.size {
		return
	}
	b, err := os.ReadFile(u.path)
	if err != nil {
		return
	}
	u.names, u.modified, u.size = parsePasswd(string(b)), info.ModTime(), info.Size()
}

// parsePasswd parses a password file. Of several names of one user the first counts,
// as in getpwuid(3).
func parsePasswd(s string) map[uint32]untrusted.Text {
	names := make(map[uint32]untrusted.Text)
	for line := range strings.Lines(s) {
		fields := strings.SplitN(line, ":", 4)
		if len(fields) < 4 || fields[0] == "" || fields[0][0] == '#' {
			continue
		}
		uid, err := strconv.ParseUint(fields[2], 10, 32)
		if err != nil {
			continue
		}
		if _, known := names[uint32(uid)]; !known {
			names[uint32(uid)] = untrusted.New(fields[0])
		}
	}
	return names
}

// account returns the name of the Windows user with that SID. It calls lookup once
// for each: that may have to ask a domain controller.
func (u *Users) account(sid string, lookup func() untrusted.Text) untrusted.Text {
	u.mu.Lock()
	name, ok := u.accounts[sid]
	u.mu.Unlock()
	if ok {
		return name
	}
	name = lookup()
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.accounts == nil {
		u.accounts = map[string]untrusted.Text{}
	}
	u.accounts[sid] = name
	return name
}
