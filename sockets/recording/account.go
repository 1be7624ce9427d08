package recording

import (
	"bytes"
	"encoding/json"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// Sizes in memory, in bytes, of the values that a recording decodes to,
// including what they refer to. A few bytes of a file can take much memory:
// the row {} is a whole socket.
const (
	socketSize       = 256
	processSize      = 400
	cgroupSize       = 200
	notificationSize = 320
	smallSize        = 96 // a name, a warning, an address
	stringSize       = 32
	ownerSize        = 16
	copies           = 3 // of a table: the current one, the previous one, and the one that was returned
)

// spend adds n bytes to the cost of the line; it returns errLimit once the
// cost exceeds the limit.
func (p *parser) spend(n int) error {
	if p.cost += n; p.cost > p.room {
		return errLimit
	}
	return nil
}

// sizeOf returns the size of texts in memory: their raw and their escaped
// form.
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

// maxArgs is a limit above the number of arguments that a process can have.
const maxArgs = 1 << 20

// argList is a list of arguments. It is decoded only if the number of its
// commas is below maxArgs.
type argList []text

// UnmarshalJSON implements [json.Unmarshaler].
func (l *argList) UnmarshalJSON(b []byte) error {
	if bytes.Count(b, []byte{','}) >= maxArgs {
		return errLimit
	}
	return json.Unmarshal(b, (*[]text)(l))
}

// numbers decodes a list of at most limit numbers.
func numbers[N int32 | uint32 | int64](p *parser, limit int, to *[]N) error {
	rest := p.line[p.InputOffset():]
	if end := bytes.IndexByte(rest, ']'); end >= 0 && bytes.Count(rest[:end], []byte{','}) >= limit {
		return errLimit
	}
	return p.Decode(to)
}
