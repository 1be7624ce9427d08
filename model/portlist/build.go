package portlist

import (
	"cmp"
	"slices"

	"lotop/model"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/sockets/process"
)

// builder collects the rows of one list.
type builder struct {
	options *Options
	ports   []model.Row // what listens or is bound
	groups  []group     // connections, by what they are listed under
	ids     map[sockets.ID]int
	owners  map[int32]int  // groups of programs
	waiting map[uint16]int // TIME_WAIT that match
	waits   []model.Row    // the same, if they are listed
	closed  map[uint16]int // TIME_WAIT to ports of this machine
}

// group is the connections that belong to one listener or to one program.
type group struct {
	listener sockets.ID // 0 for a program
	first    model.Row  // of a program
	clients  []Client
	byPID    map[int32]int // index of a client, once there are many
	count    int
	matched  bool
	rows     []model.Row // if they may be listed
	newRows  int
	ids      []sockets.ID // up to one more than MaxMeasured
}

func newBuilder(o *Options) *builder {
	return &builder{options: o, ids: map[sockets.ID]int{}, owners: map[int32]int{}, waiting: map[uint16]int{}, closed: map[uint16]int{}}
}

func (b *builder) matches(r *model.Row) bool { return b.options.Match == nil || b.options.Match(r) }

func (b *builder) add(r *model.Row) {
	switch s := r.Socket; {
	case !s.Connected():
		b.ports = append(b.ports, *r)
	case s.State == sockets.TimeWait:
		b.addTimeWait(r)
	default:
		b.addConnection(b.groupOf(r), r)
	}
}

// groupOf returns what a connection is listed under: its listener, or else the process
// that has it.
func (b *builder) groupOf(r *model.Row) *group {
	if r.Listener != nil {
		i, ok := b.ids[r.Listener.ID]
		if !ok {
			i = len(b.groups)
			b.ids[r.Listener.ID] = i
			b.groups = append(b.groups, group{listener: r.Listener.ID})
		}
		return &b.groups[i]
	}
	pid := int32(-1)
	if len(r.Socket.Owners) > 0 {
		pid = r.Socket.Owners[0].PID
	}
	i, ok := b.owners[pid]
	if !ok {
		i = len(b.groups)
		b.owners[pid] = i
		b.groups = append(b.groups, group{first: *r})
	}
	return &b.groups[i]
}

func (b *builder) addConnection(g *group, r *model.Row) {
	if r.Mark != model.Closed {
		g.count++
		if len(g.ids) <= MaxMeasured {
			g.ids = append(g.ids, r.Socket.ID)
		}
	}
	g.matched = g.matched || b.matches(r)
	isNew := r.Mark == model.New
	if isNew {
		g.newRows++
	}
	if isNew && g.newRows <= maxNew || b.keepsRows(g) {
		g.rows = append(g.rows, *r)
	}
	g.addClient(r, isNew)
}

// keepsRows reports whether the connections of a group can be listed, other than the new
// ones.
func (b *builder) keepsRows(g *group) bool {
	return b.options.Unfold || len(b.options.Opened) > 0 && b.options.Opened[g.key()]
}

func (g *group) key() uint64 {
	if g.listener != 0 {
		return uint64(g.listener)
	}
	r := Row{Row: g.first, Kind: Program}
	return programKey(&r)
}

// fewClients is up to how many programs a list is searched from end to end.
const fewClients = 8

func (g *group) addClient(r *model.Row, isNew bool) {
	if r.Mark == model.Closed {
		return
	}
	var p *process.Process
	if r.Peer != nil {
		p = r.Owner(r.Peer)
	}
	i := g.clientIndex(p)
	if i < 0 {
		i = len(g.clients)
		g.clients = append(g.clients, Client{Row: *r, Process: p})
		if g.byPID != nil {
			g.byPID[pidOf(p)] = i
		}
	}
	g.clients[i].Count++
	g.clients[i].New = g.clients[i].New || isNew
}

func (g *group) clientIndex(p *process.Process) int {
	if g.byPID == nil && len(g.clients) >= fewClients {
		g.byPID = map[int32]int{}
		for i := range g.clients {
			g.byPID[pidOf(g.clients[i].Process)] = i
		}
	}
	if g.byPID != nil {
		if i, ok := g.byPID[pidOf(p)]; ok {
			return i
		}
		return -1
	}
	return slices.IndexFunc(g.clients, func(c Client) bool { return pidOf(c.Process) == pidOf(p) })
}

// pidOf returns the PID of a process, -1 if it is unknown.
func pidOf(p *process.Process) int32 {
	if p == nil {
		return -1
	}
	return int32(p.PID)
}

// rows folds the twins, sorts, and puts the connections below their rows.
func (b *builder) rows(tr *track.Tracker) []Row {
	heads := b.fold()
	for i := range b.groups {
		if g := &b.groups[i]; g.listener == 0 && g.matched {
			head := Row{Row: g.first, Kind: Program}
			head.take(g)
			heads = append(heads, head)
		}
	}
	tracers := tracersOf(tr)
	for i := range heads {
		if p := heads[i].Owner(heads[i].Socket); p != nil && tracers != nil {
			heads[i].Tracer = tracers[int32(p.PID)]
		}
	}
	sortRows(heads, b.options.Order)
	all := make([]Row, 0, len(heads)+len(b.waits))
	for i := range heads {
		all = b.appendOpened(all, &heads[i])
	}
	for i := range b.waits {
		all = append(all, Row{Row: b.waits[i], Kind: Connection, Alone: true})
	}
	slices.SortFunc(all[len(all)-len(b.waits):], compareAddress)
	return all
}

// tracersOf returns the debug server of each process that is debugged, nil if there is
// none.
func tracersOf(tr *track.Tracker) map[int32]*process.Process {
	var all map[int32]*process.Process
	for _, p := range tr.Snapshot().Processes {
		if p.Tracee != 0 {
			if all == nil {
				all = map[int32]*process.Process{}
			}
			all[int32(p.Tracee)] = p
		}
	}
	return all
}

// take adds the connections of a group to a row.
func (r *Row) take(g *group) {
	r.Connections += g.count
	if r.Measurable = append(r.Measurable, g.ids...); r.Connections > MaxMeasured {
		r.Measurable = nil
	}
	for i := range g.clients {
		c := &g.clients[i]
		same := slices.IndexFunc(r.Clients, func(k Client) bool { return pidOf(k.Process) == pidOf(c.Process) })
		if same < 0 {
			r.Clients = append(r.Clients, *c)
			continue
		}
		r.Clients[same].Count += c.Count
		r.Clients[same].New = r.Clients[same].New || c.New
	}
}

// appendOpened appends a row and, if they are listed, its connections.
func (b *builder) appendOpened(all []Row, head *Row) []Row {
	slices.SortStableFunc(head.Clients, func(x, y Client) int {
		return cmp.Or(cmp.Compare(y.Count, x.Count), cmp.Compare(pidOf(x.Process), pidOf(y.Process)))
	})
	at := len(all)
	all = append(all, *head)
	if b.hides(head) {
		return all
	}
	for _, g := range b.groupsOf(head) {
		listed := b.keepsRows(g) || g.newRows <= maxNew
		for i := range g.rows {
			if listed && b.matches(&g.rows[i]) {
				all = append(all, Row{Row: g.rows[i], Kind: Connection})
			}
		}
	}
	all[at].Opened = len(all) > at+1
	slices.SortFunc(all[at+1:], compareAddress)
	return all
}

func (b *builder) hides(r *Row) bool {
	for _, key := range r.Keys() {
		if b.options.Folded[key] {
			return true
		}
	}
	return false
}

// groupsOf returns the groups that are listed under a row.
func (b *builder) groupsOf(r *Row) []*group {
	var all []*group
	if r.Kind == Program {
		pid := int32(-1)
		if len(r.Socket.Owners) > 0 {
			pid = r.Socket.Owners[0].PID
		}
		return append(all, &b.groups[b.owners[pid]])
	}
	if i, ok := b.ids[r.Socket.ID]; ok {
		all = append(all, &b.groups[i])
	}
	for i := range r.Twins {
		if j, ok := b.ids[r.Twins[i].Socket.ID]; ok {
			all = append(all, &b.groups[j])
		}
	}
	return all
}
