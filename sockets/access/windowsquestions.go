package access

// windowsQuestions are all that is asked on Windows.
func windowsQuestions(elevated bool) []question {
	rights := func() finding {
		f := finding{verdict: verdictOf(elevated), reason: "the process is elevated"}
		if !elevated {
			f.reason = "the process is not elevated"
			f.command, f.advice = "Start-Process lotop -Verb RunAs", "run as administrator"
		}
		return f
	}
	return []question{
		{
			OtherUsers, Seen, true,
			"processes of every user show their command line",
			"processes of other users show no command line",
			rights,
		},
		{
			HostProcesses, Seen, true,
			"sockets show processes of the whole machine",
			"",
			always(Yes, "the tables of iphlpapi.dll"),
		},
		{
			CloseSockets, Done, false,
			"lotop free closes single connections",
			"lotop free cannot close single connections",
			always(No, "lotop has no call for it on Windows"),
		},
		{
			SignalOtherUsers, Done, true,
			"lotop free stops processes of every user",
			"lotop free stops only processes of this user",
			rights,
		},
		{"stop_services", Done, true, "services can be stopped", "services cannot be stopped", rights},
	}
}
