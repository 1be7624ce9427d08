package recording

import (
	"bytes"
	"encoding/json"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// What things take in memory, in bytes, with what holds them. Little in a file can
// be much there: the row {} is a whole socket.
const (
	socketSize  = 256
	processSize = 400
	cgroupSize  = 200
	noticeSize  = 320
	smallSize   = 96 // a name, a warning, an address
	stringSize  = 32
	ownerSize   = 16
	copies      = 3 // of a table: it, the one before, and what was handed out
)

// spend notes that so many bytes are taken, as long as there are any.
func (p *parser) spend(n int) error {
	if p.cost += n; p.cost > p.room {
		return errLimit
	}
	return nil
}

// sizeOf is what texts take: as they are and as they are shown.
func sizeOf(all ...untrusted.Text) int {
	n := 0
	for _, t := range all {
		n += stringSize + len(t.Raw()) + len(t.String())
	}
	return n
}

func sizeOfCgroup(c *process.Cgroup) int {
	return cgroupSize + sizeOf(c.Path, c.Unit, c.Container) + len(c.Engine) + len(c.Service)
}

func sizeOfProcess(p *process.Process) int {
	n := processSize + sizeOf(p.Account, p.Name, p.Command)
	for _, arg := range p.Args {
		n += stringSize + len(arg)
	}
	return n
}

func sizeOfSocket(s *sockets.Socket) int {
	return socketSize + ownerSize*len(s.Owners) + len(s.Local.Addr().Zone()) + len(s.Remote.Addr().Zone())
}

// maxArgs is how many arguments a process can have, and then some.
const maxArgs = 1 << 20

// argList are arguments. A list is not taken apart before it is known to be short.
type argList []text

// UnmarshalJSON implements [json.Unmarshaler].
func (l *argList) UnmarshalJSON(b []byte) error {
	if bytes.Count(b, []byte{','}) >= maxArgs {
		return errLimit
	}
	return json.Unmarshal(b, (*[]text)(l))
}

// numbers reads a list of numbers, at most so many.
func numbers[N int32 | uint32 | int64](p *parser, limit int, to *[]N) error {
	rest := p.line[p.InputOffset():]
	if end := bytes.IndexByte(rest, ']'); end >= 0 && bytes.Count(rest[:end], []byte{','}) >= limit {
		return errLimit
	}
	return p.Decode(to)
}
