// Package sockets defines what all readers of socket tables share: a Socket, a
// Snapshot of all sockets, and a Source that reads one.
//
// It does no I/O. It knows nothing of rows (package model) and nothing of screens.
package sockets

import (
	"cmp"
	"net/netip"
	"strconv"
	"time"

	"lotop/sockets/process"
)

// ID identifies a socket for its lifetime. On Linux it is the kernel's cookie, which
// is not reused before the next boot; elsewhere it is a hash of protocol, addresses
// and inode or PID.
type ID uint64

// String returns the ID as 16 hexadecimal digits.
func (id ID) String() string {
	s := strconv.FormatUint(uint64(id), 16)
	return "0000000000000000"[len(s):] + s
}

// Protocol is the IANA number of a transport protocol.
type Protocol uint8

// The protocols lotop reads.
const (
	TCP Protocol = 6
	UDP Protocol = 17
)

// String returns the name in lower case.
func (p Protocol) String() string {
	switch p {
	case TCP:
		return "tcp"
	case UDP:
		return "udp"
	}
	return "protocol " + strconv.Itoa(int(p))
}

// State is the state of a socket. The numbers are those of Linux
// (include/net/tcp_states.h); Bound and Unconn are lotop's names for the two kinds of
// socket that occupy a port and have no remote address.
type State uint8

// The states, in the kernel's order.
const (
	Established State = 1
	SynSent     State = 2
	SynRecv     State = 3
	FinWait1    State = 4
	FinWait2    State = 5
	TimeWait    State = 6
	Close       State = 7
	CloseWait   State = 8
	LastAck     State = 9
	Listen      State = 10
	Closing     State = 11
	Bound       State = 13 // TCP, bound and not listening (TCP_BOUND_INACTIVE)
	Unconn      State = 14 // UDP without a remote address
)

var stateNames = [...]string{
	Established: "ESTABLISHED", SynSent: "SYN_SENT", SynRecv: "SYN_RECV",
	FinWait1: "FIN_WAIT1", FinWait2: "FIN_WAIT2", TimeWait: "TIME_WAIT",
	Close: "CLOSE", CloseWait: "CLOSE_WAIT", LastAck: "LAST_ACK",
	Listen: "LISTEN", Closing: "CLOSING", Bound: "BOUND", Unconn: "UNCONN",
}

// String returns the name that netstat and lsof print.
func (s State) String() string {
	if int(s) < len(stateNames) && stateNames[s] != "" {
		return stateNames[s]
	}
	return "STATE_" + strconv.Itoa(int(s))
}

// States returns every state in the kernel's order.
func States() []State {
	var all []State
	for s, name := range stateNames {
		if name != "" {
			all = append(all, State(s))
		}
	}
	return all
}

// Tristate is a yes or no that is not always known.
type Tristate uint8

// The values of Tristate.
const (
	Unknown Tristate = iota
	No
	Yes
)

// TristateOf returns Yes or No.
func TristateOf(yes bool) Tristate {
	if yes {
		return Yes
	}
	return No
}

// NoOwnerReason is why no owner of a socket is known.
type NoOwnerReason uint8

// The reasons. A socket with owners has NoReason.
const (
	NoReason       NoOwnerReason = iota
	OtherUser                    // owned by a process of another user, whose descriptors may not be read
	NotAccepted                  // a connection in a listener's accept queue
	InTimeWait                   // closed; the kernel keeps its addresses for a minute
	Orphaned                     // closed by its process; the kernel still shuts the connection down
	KernelOwned                  // owned by no process: NFS, a tunnel, io_uring
	OtherNamespace               // owned by a process that is not visible in this PID namespace
	Unreadable                   // some process hides its descriptors, also from its own user or from root
	NotLookedUp                  // this source does not find all owners
)

var noOwnerNames = [...]string{
	OtherUser: "other_user", NotAccepted: "not_accepted", InTimeWait: "time_wait",
	Orphaned: "orphaned", KernelOwned: "kernel", OtherNamespace: "other_namespace",
	Unreadable: "unreadable", NotLookedUp: "not_looked_up",
}

// String returns the name used in JSON, empty for NoReason.
func (r NoOwnerReason) String() string {
	if int(r) < len(noOwnerNames) {
		return noOwnerNames[r]
	}
	return ""
}

// Owner is a file descriptor of a process for a socket.
type Owner struct {
	PID int32
	FD  int32 // -1 if not known
}

// CompareOwners orders owners by process, then by descriptor.
func CompareOwners(a, b Owner) int {
	return cmp.Or(cmp.Compare(a.PID, b.PID), cmp.Compare(a.FD, b.FD))
}

// Timer is the kernel timer that runs for a socket.
type Timer uint8

// The timers, numbered as in idiag_timer (net/ipv4/inet_diag.c).
const (
	NoTimer       Timer = 0
	RetransTimer  Timer = 1
	KeepTimer     Timer = 2
	TimeWaitTimer Timer = 3
	ProbeTimer    Timer = 4
)

var timerNames = [...]string{"", "retransmit", "keepalive", "time_wait", "probe"}

// String returns the name used in JSON, empty for NoTimer.
func (t Timer) String() string {
	if int(t) < len(timerNames) {
		return timerNames[t]
	}
	return ""
}

// Socket is one entry of a kernel table.
type Socket struct {
	ID        ID
	Local     netip.AddrPort
	Remote    netip.AddrPort // the zero value for none
	Inode     uint64         // 0 if no process has a descriptor for it
	Owners    []Owner        // all of them; shared between snapshots, never changed
	Cgroup    *process.Cgroup
	UID       uint32 // meaningful only with HasUID
	Interface uint32 // index of the interface it is bound to, 0 for none
	// RecvQueue and SendQueue are in bytes; for a listener they are the length and
	// the limit of the accept queue, in connections.
	RecvQueue uint32
	SendQueue uint32
	TimerLeft time.Duration // until Timer expires, in whole milliseconds
	Timer     Timer
	Protocol  Protocol
	State     State
	NoOwner   NoOwnerReason
	HasUID    bool
	HasQueue  bool     // whether the queues are known
	V6        bool     // an AF_INET6 socket
	V4Mapped  bool     // an AF_INET6 socket with IPv4 addresses
	V6Only    Tristate // for AF_INET6

	ReuseAddr, ReusePort Tristate // only where the table itself has them, as on macOS
	CgroupID             uint64   // inode of its cgroup v2 directory; Cgroup is looked up by it
}

// TimerSeconds returns TimerLeft in seconds, rounded up.
func (s *Socket) TimerSeconds() int { return int((s.TimerLeft + time.Second - 1) / time.Second) }

// DualStack reports whether the socket also receives IPv4: an IPv6 wildcard without
// IPV6_V6ONLY.
func (s *Socket) DualStack() bool {
	return s.V6 && !s.V4Mapped && s.V6Only == No && s.Local.Addr().IsUnspecified()
}

// Clone returns a copy of the socket, nil for nil. The copy shares what never
// changes.
func (s *Socket) Clone() *Socket {
	if s == nil {
		return nil
	}
	c := *s
	return &c
}

// Serves reports whether clients can reach the socket: a listener or, of UDP, a
// socket without a remote address.
func (s *Socket) Serves() bool {
	return s.State == Listen || s.State == Unconn && s.Protocol == UDP
}

// Connected reports whether the socket has a remote address.
func (s *Socket) Connected() bool { return s.Remote.IsValid() }

// OwnedBy reports whether the process has a descriptor for the socket.
func (s *Socket) OwnedBy(pid int32) bool { return ownedBy(s.Owners, pid) }

func ownedBy(owners []Owner, pid int32) bool {
	for _, o := range owners { // slices.ContainsFunc would allocate its closure
		if o.PID == pid {
			return true
		}
	}
	return false
}

// PIDs returns the process of each owner once, in the order of the owners.
func (s *Socket) PIDs() []int32 {
	var all []int32
	for i, o := range s.Owners {
		if !ownedBy(s.Owners[:i], o.PID) {
			all = append(all, o.PID)
		}
	}
	return all
}

// SharesOwner reports whether one process has descriptors for both sockets.
func (s *Socket) SharesOwner(other *Socket) bool {
	for _, o := range s.Owners {
		if other.OwnedBy(o.PID) {
			return true
		}
	}
	return false
}

// Accepts reports whether the listener receives what is sent to a local address.
func (s *Socket) Accepts(to netip.Addr) bool {
	at := s.Local.Addr()
	switch {
	case at == to:
		return true
	case !at.IsUnspecified():
		return false
	case at.Is4() == to.Is4():
		return true
	}
	return at.Is6() && s.V6Only != Yes
}

// LoopbackOf returns the loopback address of a's family, 127.0.0.1 or ::1.
func LoopbackOf(a netip.Addr) netip.Addr {
	if a.Is4() {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	return netip.IPv6Loopback()
}

// StateOf maps the kernel's CLOSE to one of the three states it stands for: a bound
// TCP socket, an unconnected UDP socket, or a socket that was connected. It returns
// every other state unchanged.
func StateOf(s State, protocol Protocol, connected bool) State {
	if s != Close || connected {
		return s
	}
	if protocol == UDP {
		return Unconn
	}
	return Bound
}

// SocketOptions are options of a socket that socket tables do not contain.
type SocketOptions struct {
	ReuseAddr, ReusePort, V6Only Tristate
}
