package access

import "strconv"

// macQuestions are all that is asked on macOS.
func macQuestions(euid uint32) []question {
	root := func() finding {
		f := finding{verdict: verdictOf(euid == 0), reason: "effective user ID " + strconv.FormatUint(uint64(euid), 10)}
		if f.verdict == No {
			f.command, f.advice = "sudo lotop", "run as root"
		}
		return f
	}
	return []question{
		{
			OtherUsers, Seen, true,
			"processes of every user show their command line",
			"processes of other users show no command line",
			root,
		},
		{
			HostProcesses, Seen, true,
			"sockets show processes of the whole machine",
			"",
			always(Yes, "macOS has no PID namespaces"),
		},
		{
			CloseSockets, Done, false,
			"lotop free closes single connections",
			"lotop free cannot close single connections",
			always(No, "macOS has no call for it"),
		},
		{
			SignalOtherUsers, Done, true,
			"lotop free stops processes of every user",
			"lotop free stops only processes of this user",
			root,
		},
		{
			"unprotected_processes", Done, false, "System Integrity Protection is off", "System Integrity Protection protects processes of the system",
			always(Unknown, "System Integrity Protection is not probed"),
		},
	}
}
