package process

import (
	"errors"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
)

// services tells which services a process runs. It asks when it is first needed,
// and once: each look at the processes makes a new one.
type services struct {
	loaded bool
	byPID  map[int]Cgroup
}

// lookup returns what the process runs, with nothing in it for one that is no
// service. Only children of the service manager are, so for all others nobody is
// asked. What a service itself has started is none: it may be somebody's session
// or task, which goes on when the service stops.
func (s *services) lookup(t processTable, e *entry) Cgroup {
	manager := t[t.parent(e)]
	if manager == nil || !strings.EqualFold(manager.name, "services.exe") {
		return Cgroup{}
	}
	if !s.loaded {
		s.loaded = true
		s.byPID = servicesByPID(runningServices())
	}
	return s.byPID[e.pid]
}

// runningServices lists the services that run, none if this user may not ask.
// SC_MANAGER_ENUMERATE_SERVICE is what any user who has logged in may have.
func runningServices() []serviceState {
	manager, err := windows.OpenSCManager(nil, nil, windows.SC_MANAGER_ENUMERATE_SERVICE)
	if err != nil {
		return nil
	}
	defer windows.CloseServiceHandle(manager)
	const most = 256 << 10 // bytes that EnumServicesStatusEx fills at once
	var all []serviceState
	var resume uint32
	b := make([]byte, most)
	for {
		var missing, n uint32
		before := resume
		err := windows.EnumServicesStatusEx(manager, windows.SC_ENUM_PROCESS_INFO, windows.SERVICE_WIN32, windows.SERVICE_ACTIVE,
			&b[0], uint32(len(b)), &missing, &n, &resume, nil)
		if err != nil && !errors.Is(err, windows.ERROR_MORE_DATA) {
			return all
		}
		// The names stand behind the entries, in b itself.
		for _, s := range unsafe.Slice((*windows.ENUM_SERVICE_STATUS_PROCESS)(unsafe.Pointer(&b[0])), n) {
			all = append(all, serviceState{
				name:      windows.UTF16PtrToString(s.ServiceName),
				pid:       int(s.ServiceStatusProcess.ProcessId),
				stoppable: s.ServiceStatusProcess.ControlsAccepted&windows.SERVICE_ACCEPT_STOP != 0,
			})
		}
		if err == nil || n == 0 || resume == before {
			return all
		}
	}
}
