package process

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"lotop/sockets/untrusted"
)

// Users knows the names of this machine's users, as far as the password file
// has them. It may be used by several goroutines at once.
type Users struct {
	path string

	mu       sync.Mutex
	names    map[uint32]untrusted.Text
	modified time.Time
	size     int64
	accounts map[string]untrusted.Text // by SID
}

// NewUsers reads names from that password file, when they are first asked for;
// "" means /etc/passwd.
func NewUsers(path string) *Users {
	if path == "" {
		path = "/etc/passwd"
	}
	return &Users{path: path}
}

// Name returns the user's name, or the number if the file has no such user. The
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

// update keeps what is known while the file cannot be read: tools replace it
// by renaming, and there is no better answer.
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

// parsePasswd takes a password file apart. Of two names for one number the
// first counts, as in getpwuid(3).
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

// account returns the name of the user of Windows with that SID, and asks for it
// once: the answer can take a domain's controller.
func (u *Users) account(sid string, ask func() untrusted.Text) untrusted.Text {
	u.mu.Lock()
	name, ok := u.accounts[sid]
	u.mu.Unlock()
	if ok {
		return name
	}
	name = ask()
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.accounts == nil {
		u.accounts = map[string]untrusted.Text{}
	}
	u.accounts[sid] = name
	return name
}
