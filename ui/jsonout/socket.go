// Package jsonout defines the JSON that lotop prints. The keys are an interface: new
// ones may be added, none is changed or removed.
package jsonout

import (
	"net/netip"
	"strconv"
	"time"

	"lotop/model"
	"lotop/model/debugger"
	"lotop/model/service"
	"lotop/sockets"
	"lotop/sockets/untrusted"
	"lotop/ui"
)

// Socket is a socket in JSON. Fields that do not apply or are unknown are absent.
type Socket struct {
	ID            string         `json:"id"`
	Protocol      string         `json:"protocol"`
	State         string         `json:"state"`
	Local         Endpoint       `json:"local"`
	Remote        *Endpoint      `json:"remote,omitempty"`
	Interface     untrusted.Text `json:"interface,omitzero"` // the socket is bound to it
	Mapped        bool           `json:"mapped,omitempty"`
	V6Only        *bool          `json:"v6only,omitempty"`
	DualStack     *bool          `json:"dual_stack,omitempty"`
	Reach         string         `json:"reach,omitempty"`
	Exposed       bool           `json:"exposed"`
	Class         string         `json:"class,omitempty"`
	Service       string         `json:"service,omitempty"`
	UID           *uint32        `json:"uid,omitempty"`
	User          untrusted.Text `json:"user,omitzero"`
	Unit          untrusted.Text `json:"unit,omitzero"`
	Container     untrusted.Text `json:"container,omitzero"`
	Owners        []Owner        `json:"owners,omitempty"`
	NoOwnerReason string         `json:"no_owner_reason,omitempty"`
	Debugger      string         `json:"debugger,omitempty"`
	Debuggee      *Debuggee      `json:"debuggee,omitempty"`
	Clients       *int32         `json:"clients,omitempty"` // of a listener
	Peer          *Peer          `json:"peer,omitempty"`
	AcceptQueue   *Queue         `json:"accept_queue,omitempty"`
	Timer         *Timer         `json:"timer,omitempty"`
	Inode         uint64         `json:"inode,omitempty"`
}

type Endpoint struct {
	Address string `json:"address"`
	Port    uint16 `json:"port"`
}

type Owner struct {
	PID     int32          `json:"pid"`
	FD      *int32         `json:"fd,omitempty"`
	Name    untrusted.Text `json:"name,omitzero"`
	Command untrusted.Text `json:"command,omitzero"`
	Started time.Time      `json:"started,omitzero"`
	Cwd     untrusted.Text `json:"cwd,omitzero"` // working directory, where it was asked for
}

// Debuggee is what a debug server debugs.
type Debuggee struct {
	PID  int            `json:"pid,omitempty"`
	Name untrusted.Text `json:"name,omitzero"`
}

type Peer struct {
	ID   string         `json:"id"`
	PID  int32          `json:"pid,omitempty"`
	Name untrusted.Text `json:"name,omitzero"`
}

type Queue struct {
	Length uint32 `json:"length"`
	Limit  uint32 `json:"limit"`
}

type Timer struct {
	Kind      string `json:"kind"`
	ExpiresMS int64  `json:"expires_ms"`
}

// NewSocket returns the socket of a row; of a folded row the server's end.
func NewSocket(r *model.Row) Socket {
	s := r.Socket
	j := Socket{
		ID:            s.ID.String(),
		Protocol:      s.Protocol.String(),
		State:         s.State.String(),
		Local:         newEndpoint(s.Local),
		Mapped:        s.V4Mapped,
		V6Only:        tristate(s.V6Only),
		DualStack:     dualStack(s),
		Reach:         r.Reach.String(),
		Exposed:       r.Exposed(),
		Class:         service.ClassOf(s.Local.Port()).String(),
		Service:       service.Name(s.Protocol, s.Local.Port()),
		Owners:        newOwners(r.Snapshot, s),
		NoOwnerReason: s.NoOwner.String(),
		Debugger:      r.Debugger,
		Debuggee:      newDebuggee(r),
		Peer:          newPeer(r),
		Inode:         s.Inode,
	}
	if s.Connected() {
		end := newEndpoint(s.Remote)
		j.Remote = &end
	}
	if s.Interface != 0 {
		j.Interface = r.Snapshot.Interfaces[s.Interface]
	}
	j.addUser(r)
	if g := ui.Cgroup(r, s); g != nil {
		j.Unit, j.Container = g.Unit, g.Container
	}
	if s.State == sockets.Listen {
		clients := r.Clients
		j.Clients = &clients
	}
	if s.State == sockets.Listen && s.HasQueue {
		j.AcceptQueue = &Queue{Length: s.RecvQueue, Limit: s.SendQueue}
	}
	if kind := s.Timer.String(); kind != "" {
		j.Timer = &Timer{Kind: kind, ExpiresMS: s.TimerLeft.Milliseconds()}
	}
	return j
}

func (j *Socket) addUser(r *model.Row) {
	s := r.Socket
	if s.HasUID {
		j.UID = &s.UID
		// A user without a name goes by the number, which is there already.
		if name := r.Snapshot.Users[s.UID]; name.Raw() != strconv.FormatUint(uint64(s.UID), 10) {
			j.User = name
		}
	} else if p := r.Owner(s); p != nil {
		j.User = p.Account
	}
}

func newEndpoint(a netip.AddrPort) Endpoint {
	return Endpoint{Address: a.Addr().String(), Port: a.Port()}
}

func tristate(k sockets.Tristate) *bool {
	if k == sockets.Unknown {
		return nil
	}
	yes := k == sockets.Yes
	return &yes
}

// dualStack returns nil for an IPv6 wildcard if the source does not report it.
func dualStack(s *sockets.Socket) *bool {
	if s.V6 && !s.V4Mapped && s.V6Only == sockets.Unknown && s.Local.Addr().IsUnspecified() {
		return nil
	}
	yes := s.DualStack()
	return &yes
}

func newOwners(in *sockets.Snapshot, s *sockets.Socket) []Owner {
	all := make([]Owner, 0, len(s.Owners))
	for i := range s.Owners {
		o := Owner{PID: s.Owners[i].PID}
		if s.Owners[i].FD >= 0 {
			o.FD = &s.Owners[i].FD
		}
		if p := in.Process(o.PID); p != nil { // else it has exited
			o.Name, o.Command, o.Started = p.Name, p.Command, p.Started
		}
		all = append(all, o)
	}
	return all
}

// newDebuggee is nil for a socket that is no debug server's, and where nothing is
// known.
func newDebuggee(r *model.Row) *Debuggee {
	p := r.Owner(r.Socket)
	if r.Debugger == "" || p == nil {
		return nil
	}
	name, pid := debugger.DebuggeeName(p, r.Snapshot.Process)
	if pid == 0 && name == (untrusted.Text{}) {
		return nil
	}
	return &Debuggee{PID: pid, Name: name}
}

// AddDirectories adds the working directories of the row's owners.
func (j *Socket) AddDirectories(r *model.Row, cwd Directories) {
	addDirectories(j.Owners, r.Snapshot, cwd)
}

func addDirectories(owners []Owner, in *sockets.Snapshot, cwd Directories) {
	for i := range owners {
		if p := in.Process(owners[i].PID); p != nil {
			owners[i].Cwd = cwd(p)
		}
	}
}

func newPeer(r *model.Row) *Peer {
	if r.Peer == nil {
		return nil
	}
	j := &Peer{ID: r.Peer.ID.String()}
	if len(r.Peer.Owners) > 0 {
		j.PID = r.Peer.Owners[0].PID
		if p := r.Snapshot.Process(j.PID); p != nil {
			j.Name = p.Name
		}
	}
	return j
}
