package debugger

import (
	"strings"

	"lotop/sockets/process"
)

// Command is a command line, taken apart. Its texts are untrusted: sanitize them before
// display.
type Command struct {
	Program     string   // the program's file name, without directory and .exe
	Interpreter string   // which interpreter it is, such as "python" for python3.11; empty if none
	Script      string   // what the interpreter runs, as ScriptName returns it
	Args        []string // the arguments of the script, or else of the program
}

// ParseCommand takes the command line of p apart.
func ParseCommand(p *process.Process) Command {
	args := p.Args
	// A program that writes a title over its arguments leaves them empty.
	for len(args) > 0 && args[len(args)-1] == "" {
		args = args[:len(args)-1]
	}
	if len(args) == 0 {
		return Command{}
	}
	c := Command{Program: programName(args[0]), Args: args[1:]}
	if c.Interpreter = interpreterNamed(c.Program); c.Interpreter != "" {
		if at, kind := findScript(c.Interpreter, c.Args); at < len(c.Args) {
			if name := shortScript(c.Args[at], kind); name != "" {
				c.Script, c.Args = strings.TrimSuffix(programName(name), ".exe"), c.Args[at+1:]
			}
		}
	}
	return c
}

// Option returns the value of the last of those options that is present, as
// --option=value or --option value.
func (c *Command) Option(names ...string) (value string, given bool) {
	return option(c.Args, names...)
}

// ServesOnly reports whether the process is a debug server and nothing else: it is not
// the program that is debugged.
func (d Server) ServesOnly() bool { return d.scope == scopeAll }
