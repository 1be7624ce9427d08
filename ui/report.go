package ui

import (
	"context"
	"errors"

	"lotop/model/bind"
	"lotop/model/plan"
	"lotop/sockets/process"
	"lotop/ui/style"
)

// OutcomeLine writes what became of a process that was to be ended.
func OutcomeLine(o *process.Outcome, words Wording) style.Line {
	name := NameAndPID(o.Process)
	switch o.Result {
	case process.Exited:
		return style.Styled(style.Success, "✓ ").Add(style.Plain, name+" exited after "+Seconds(o.After))
	case process.Gone:
		return style.Styled(style.Success, "✓ ").Add(style.Plain, name+" had already exited")
	case process.Survived:
		if errors.Is(o.Err, context.Canceled) {
			return style.Styled(style.Danger, "✗ ").Add(style.Plain, interrupted(name, o, words))
		}
		text := name + " is still running"
		if o.Signal != 0 {
			text = name + " " + words.StillRunning(o.Signal)
		}
		switch {
		case o.Reason != "":
			text += ": " + o.Reason
		case o.Signal == 0 && o.Err != nil:
			text = o.Err.Error() // it names the process
		}
		return style.Styled(style.Danger, "✗ ").Add(style.Plain, text)
	}
	text := name + " was not stopped"
	if o.Err != nil {
		text = o.Err.Error()
	}
	return style.Styled(style.Danger, "✗ ").Add(style.Plain, text)
}

// interrupted says of a process that lotop no longer waits for it. It had less
// than the grace period, so there is nothing to advise.
func interrupted(name string, o *process.Outcome, words Wording) string {
	if o.Signal == 0 {
		return name + " was not stopped: interrupted first"
	}
	return name + " has not exited yet: " + words.Sent(o.Signal) + ", interrupted before the grace period was over"
}

// ClosedLines formats which connections were closed, as one number: the plan has
// listed them one by one.
func ClosedLines(all []plan.CloseResult) []style.Line {
	var out []style.Line
	closed := 0
	for _, c := range all {
		if c.Err != nil {
			out = append(out, style.Styled(style.Danger, "✗ ").Add(style.Plain, c.Err.Error()))
			continue
		}
		closed++
	}
	if closed > 0 {
		out = append(out, style.Styled(style.Success, "✓ ").Add(style.Plain, Count(closed, "connection")+" closed, no process stopped"))
	}
	return out
}

// ResultLine formats whether a port is free now.
func ResultLine(after *bind.Diagnosis) style.Line {
	if after.Verdict.OK() {
		return append(style.Styled(style.Success, "✓ "), WhyAnswer(after)...)
	}
	return append(style.Styled(style.Danger, "✗ "), WhyAnswer(after)...)
}

// ReboundLines formats which process bound a freed port again, and what to stop
// instead.
func ReboundLines(target string, r *plan.Rebound) []style.Line {
	l := style.Styled(style.Danger, "✗ in use again").Add(style.Plain, ": "+ReboundText(target, r))
	out := []style.Line{l}
	switch {
	case r.By == nil:
	case SupervisorAdvice(&r.By.Cgroup) != "":
		out = append(out, style.Styled(style.Warning, "  "+SupervisorAdvice(&r.By.Cgroup)))
	case r.Starter != nil:
		out = append(out, style.Styled(style.Warning, "  stop "+NameAndPID(r.Starter)+" first: it restarts the server"))
	}
	return out
}

// ReboundText says which process bound a port again, and when.
func ReboundText(target string, r *plan.Rebound) string {
	s := target + " was bound again after " + Seconds(r.After)
	if r.By != nil {
		s += " by " + NameAndPID(r.By)
	}
	if r.Parent != nil {
		s += ", started by " + NameAndPID(r.Parent)
	}
	return s
}
