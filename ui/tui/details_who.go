package tui

import (
	"strconv"
	"strings"

	"lotop/model/program"
	"lotop/sockets/process"
	"lotop/ui"
	"lotop/ui/style"
)

// endpoints adds the owners of each endpoint.
func (w *detailsWriter) endpoints() {
	for i := range w.data.endpoints {
		e := &w.data.endpoints[i]
		if i > 0 && !w.compact {
			w.blankLine()
		}
		if e.title != "" {
			w.add(styled(muted, strings.ToUpper(e.title)+"  ").Add(plain, ui.Local(w.data.row.Snapshot, e.socket)))
		}
		w.endpoint(e)
	}
}

func (w *detailsWriter) endpoint(e *endpoint) {
	if len(e.owners) == 0 {
		main, _ := ui.SocketOwner(&w.data.row, e.socket)
		w.add(styled(warning, main))
		return
	}
	p := e.owners[0]
	since := styled(muted, "up "+ui.Age(w.now.Sub(p.Started)))
	if user := w.user(e); user != "" {
		since = since.Add(plain, "   "+user)
	}
	command := p.Command.String()
	name := w.programName(e)
	repeated := command == name.String()
	if w.compact && command != "" {
		name = text(style.CutMiddle(command, max(w.width-since.Width()-2, 20)))
		command = ""
	}
	if condition := ui.ProcessState(p.State); condition != "" {
		name = name.Add(warning, "  "+condition)
	}
	w.twoSided(name, since)
	if command != "" && !repeated {
		w.add(text(style.CutMiddle(command, w.width)))
	}
	if w.compact {
		w.compactProcess(e)
	} else {
		w.process(e)
	}
	if d := e.details; d != nil && d.Tracer > 0 {
		w.add(styled(warning, "traced by PID "+strconv.Itoa(d.Tracer)))
	}
	for _, other := range e.owners[1:] {
		w.add(styled(muted, "also owned by ").Add(plain, ui.NameAndPID(other)))
	}
}

// programName names the owner as the table does.
func (w *detailsWriter) programName(e *endpoint) line {
	if w.data.port == nil {
		return text(program.Name(e.owners[0]).String())
	}
	name, more := ui.Who(w.data.port)
	if more == "" {
		return text(name)
	}
	r := muted
	if strings.Contains(more, "◇") {
		r = accent
	}
	return text(name).Add(r, "  "+more)
}

func (w *detailsWriter) user(e *endpoint) string {
	if e.details != nil {
		return e.details.User.String()
	}
	return ui.User(&w.data.row, e.socket)
}

// twoSided adds a line of two parts, the second at the right; on two lines if there is no
// room for both.
func (w *detailsWriter) twoSided(left, right line) {
	if gap := w.width - right.Width(); left.Width()+2 <= gap {
		w.add(append(left.Pad(gap), right...))
		return
	}
	w.add(left)
	w.add(right)
}

// process adds where the process works, what it uses and who has started it.
func (w *detailsWriter) process(e *endpoint) {
	facts := styled(muted, "pid ").Add(plain, strconv.Itoa(e.owners[0].PID))
	folder := ""
	if d := e.details; d != nil {
		folder = d.Cwd.String()
		if d.Memory > 0 {
			facts = facts.Add(plain, "   "+ui.Size(d.Memory))
		}
		facts = facts.Add(muted, "   cpu ").Add(plain, ui.Seconds(d.CPU))
	}
	if folder == "" {
		w.add(facts)
	} else {
		w.twoSided(text(style.CutMiddle(folder, max(w.width-facts.Width()-2, 16))), facts)
	}
	if d := e.details; d != nil {
		if exe := d.Executable.String(); exe != "" && !runs(d.Command.String(), exe) {
			w.factLine("program", text(style.CutMiddle(exe, w.width-w.indent)))
		}
	}
	if chain := ancestry(e.parents, w.width-w.indent); chain != "" {
		w.add(styled(muted, "started by").Pad(w.indent).Add(plain, chain))
	}
}

// runs reports whether a command line has the path of its program, or of a link to it as
// python3 is to python3.11.
func runs(command, exe string) bool {
	program, _, _ := strings.Cut(command, " ")
	at := strings.LastIndexAny(program, `/\`)
	return strings.HasPrefix(command, exe) || at >= 0 && strings.HasPrefix(exe[strings.LastIndexAny(exe, `/\`)+1:], program[at+1:])
}

// compactProcess adds the same on one line.
func (w *detailsWriter) compactProcess(e *endpoint) {
	parts := []string{"pid " + strconv.Itoa(e.owners[0].PID)}
	folder := ""
	if d := e.details; d != nil {
		folder = d.Cwd.String()
		parts = append(parts, ui.Size(d.Memory))
	}
	if len(e.parents) > 0 {
		parts = append(parts, startedAs(e.parents[0])+" › "+ui.ProcessName(e.owners[0]))
	}
	facts := strings.Join(parts, " · ")
	if folder != "" {
		facts = style.CutMiddle(folder, max(w.width-style.Width(facts)-3, 16)) + " · " + facts
	}
	w.add(styled(muted, facts))
}

// ancestry writes the ancestors of a process, outermost first, without those for which
// there is no room.
func ancestry(parents []*process.Process, width int) string {
	chain := ""
	for i, p := range parents {
		name := startedAs(p)
		if i > 0 {
			name = program.Name(p).String() + " › "
		}
		room := width
		if i+1 < len(parents) {
			room -= style.Width("… › ")
		}
		if style.Width(name+chain) > room {
			if chain == "" {
				return style.CutMiddle(name, width)
			}
			return "… › " + chain
		}
		chain = name + chain
	}
	return chain
}

// startedAs names a process with its arguments if they are short: "npm run dev".
func startedAs(p *process.Process) string {
	const short = 24
	command := p.Command.String()
	path, rest, _ := strings.Cut(command, " ")
	path = path[strings.LastIndexAny(path, `/\`)+1:]
	if command = strings.TrimSpace(path + " " + rest); command != "" && style.Width(command) <= short {
		return command
	}
	return program.Name(p).String()
}
