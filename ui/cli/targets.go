package cli

import (
	"bufio"
	"errors"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"lotop/model/bind"
	"lotop/sockets"
	"lotop/ui/jsonout"
)

// targetHelp is what the help of why, free and wait says about their arguments.
const targetHelp = "TARGET is PORT, a range such as 3000-3005, :PORT, HOST:PORT or [::1]:PORT; localhost means both loopback " +
	"addresses. URLs and addresses copied from netstat, ss, lsof or docker ps work too. " +
	"With several targets the exit status is the highest of theirs, and --json prints an array. "

// acceptNegativePorts lets a negative number be a wrong port and not an unknown flag.
func (a *app) acceptNegativePorts(cmd *cobra.Command) {
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		var unknown *pflag.NotExistError
		if errors.As(err, &unknown) {
			if n := unknown.GetSpecifiedShortnames(); n != "" && n[0] >= '0' && n[0] <= '9' {
				a.setExit(exitFailed, &bind.TargetError{Text: "-" + n, Problem: "ports range from 1 to 65535"})
				return nil
			}
		}
		return cmd.Parent().FlagErrorFunc()(cmd, err)
	})
}

// targetList is what the arguments of why, free and wait name, each once.
type targetList struct {
	all []bind.Target
	// names has, for each target, the names of processes for which it was found; none
	// for one that was given itself.
	names [][]string
	// many reports that the arguments can name several targets, so that JSON is an
	// array, however many they are.
	many bool
}

// add adds a target that was given itself, or found for the name of a process.
func (l *targetList) add(t bind.Target, name string) {
	i := slices.IndexFunc(l.all, func(o bind.Target) bool {
		return o.Protocol == t.Protocol && o.V6Only == t.V6Only && o.String() == t.String()
	})
	switch {
	case i < 0 && name == "":
		l.all, l.names = append(l.all, t), append(l.names, nil)
	case i < 0:
		l.all, l.names = append(l.all, t), append(l.names, []string{name})
	case name == "":
		l.names[i] = nil
	case l.names[i] != nil && !slices.Contains(l.names[i], name):
		l.names[i] = append(l.names[i], name)
	}
}

// parseTargets reads the arguments of why, wait and free. What is no target can be the
// name of a process, whose targets byName finds; nil if a name is an error.
func parseTargets(args []string, protocol sockets.Protocol, byName func(name string) ([]bind.Target, error)) (targetList, error) {
	if len(args) == 0 {
		return targetList{}, errNoTarget
	}
	l := targetList{many: len(args) > 1}
	for _, arg := range args {
		targets, err := bind.ParseTargets(protocol, arg)
		l.many = l.many || len(targets) > 1
		name := ""
		if err != nil && byName != nil && bind.IsProgramName(arg) {
			targets, err = byName(arg)
			l.many, name = true, arg
		}
		if err != nil {
			return targetList{}, err
		}
		for _, t := range targets {
			l.add(t, name)
		}
	}
	return l, nil
}

var errNoTarget = errors.New("missing target: expected PORT, HOST:PORT or [::1]:PORT")

func protocolOf(udp bool) sockets.Protocol {
	if udp {
		return sockets.UDP
	}
	return sockets.TCP
}

// writeResults writes what came of each target: an array if many says so, else the
// one object.
func writeResults[T any](a *app, all []T, many bool) error {
	var v any = all
	if !many {
		v = all[0]
	}
	w := bufio.NewWriter(a.out)
	if err := jsonout.WriteObject(w, v, a.terminal.out); err != nil {
		return err
	}
	return w.Flush()
}
