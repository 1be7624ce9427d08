package track

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"lotop/model"
	"lotop/sockets"
	"lotop/sockets/process"
)

// sorter sorts rows by small keys, because rows are large and what decides their order is
// spread over memory. It is only memory reused for each refresh.
type sorter struct {
	rows  []model.Row // during a sort
	order model.Order
	keys  []sortKey
	// processes and users rank the names, for the columns that sort by them.
	processes map[*process.Process]uint64
	owners    []*process.Process
	users     map[uint32]uint64
	accounts  map[string]uint64
	names     []userName
}

// sortKey represents a row. Where the three numbers are equal, or are only prefixes, the
// rows themselves decide.
type sortKey struct {
	column, local, remote  uint64
	row                    int32
	exactColumn, exactAddr bool
}

type userName struct {
	uid  uint32
	name string
}

// sort sorts rows.
func (s *sorter) sort(rows []model.Row, o model.Order) {
	s.rows, s.order, s.keys = rows, o, s.keys[:0]
	s.rankNames(rows, o.Column)
	for i := range rows {
		s.keys = append(s.keys, s.key(&rows[i], i))
	}
	slices.SortFunc(s.keys, s.compare)
	permute(rows, s.keys)
	s.rows = nil
	clear(s.processes) // they must not keep a snapshot in memory
	clear(s.owners)
}

func (s *sorter) compare(a, b sortKey) int {
	if a.column != b.column {
		return cmp.Compare(a.column, b.column)
	}
	if !a.exactColumn {
		c := s.rows[a.row].Socket.Remote.Compare(s.rows[b.row].Socket.Remote)
		if s.order.Reverse {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	if a.local != b.local {
		return cmp.Compare(a.local, b.local)
	}
	if a.exactAddr && a.remote != b.remote {
		return cmp.Compare(a.remote, b.remote)
	}
	return compareAddress(&s.rows[a.row], &s.rows[b.row])
}

func (s *sorter) key(r *model.Row, i int) sortKey {
	o := s.order
	k := sortKey{row: int32(i)}
	if column, known := s.columnKey(o.Column, r); known {
		k.column = column
	} else {
		k.column = math.MaxUint64
	}
	if o.Reverse {
		k.column = ^k.column
	}
	k.exactColumn = o.Column != model.ByRemote || !isWide(r.Socket.Remote.Addr())
	k.local, k.remote, k.exactAddr = rankAddress(r.Socket)
	return k
}

// permute moves rows into the order of keys, in place, along the cycles of the
// permutation.
func permute(rows []model.Row, keys []sortKey) {
	for i := range keys {
		from := int(keys[i].row)
		if from == i {
			continue
		}
		row, to := rows[i], i
		for from != i {
			rows[to] = rows[from]
			keys[to].row = int32(to)
			to, from = from, int(keys[from].row)
		}
		rows[to] = row
		keys[to].row = int32(to)
	}
}

// rankNames ranks what is sorted by name, so that names are compared only once.
func (s *sorter) rankNames(rows []model.Row, c model.Column) {
	switch c {
	case model.ByProcess:
		s.rankProcesses(rows)
	case model.ByUser:
		s.rankUsers(rows)
	}
}

func (s *sorter) rankProcesses(rows []model.Row) {
	if s.processes == nil {
		s.processes = map[*process.Process]uint64{}
	}
	s.owners = s.owners[:0]
	for i := range rows {
		p := rows[i].Owner(rows[i].Socket)
		if _, ok := s.processes[p]; p != nil && !ok {
			s.processes[p] = 0
			s.owners = append(s.owners, p)
		}
	}
	byName := func(p, q *process.Process) int {
		return cmp.Or(cmp.Compare(p.Name.String(), q.Name.String()), cmp.Compare(p.PID, q.PID))
	}
	slices.SortFunc(s.owners, byName)
	rank := uint64(0)
	for i, p := range s.owners {
		if i > 0 && byName(p, s.owners[i-1]) != 0 {
			rank++ // a closed row can have an older Process of the same process
		}
		s.processes[p] = rank
	}
}

func (s *sorter) rankUsers(rows []model.Row) {
	if s.users == nil {
		s.users, s.accounts = map[uint32]uint64{}, map[string]uint64{}
	}
	clear(s.users)
	clear(s.accounts)
	s.names = s.names[:0]
	for i := range rows {
		socket := rows[i].Socket
		if _, ok := s.users[socket.UID]; socket.HasUID && !ok {
			s.users[socket.UID] = 0
			s.names = append(s.names, userName{socket.UID, rows[i].Snapshot.Users[socket.UID].String()})
		}
		if name := accountName(&rows[i], socket); name != "" {
			s.accounts[name] = 0
		}
	}
	slices.SortFunc(s.names, func(a, b userName) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.uid, b.uid))
	})
	for i, n := range s.names {
		s.users[n.uid] = uint64(i)
	}
	for i, name := range slices.Sorted(maps.Keys(s.accounts)) {
		s.accounts[name] = uint64(i)
	}
}

// userRank returns the rank of a row's user, or of its account where sockets have no
// users.
func (s *sorter) userRank(r *model.Row, socket *sockets.Socket) (uint64, bool) {
	if socket.HasUID {
		return s.users[socket.UID], true
	}
	name := accountName(r, socket)
	return s.accounts[name], name != ""
}

func accountName(r *model.Row, socket *sockets.Socket) string {
	if socket.HasUID {
		return ""
	}
	if p := r.Owner(socket); p != nil {
		return p.Account.String()
	}
	return ""
}
