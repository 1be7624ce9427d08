package process

import (
	"errors"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
)

// services are the services that processes run. They are read once, when first
// needed; each read of the processes uses a new value.
type services struct {
	loaded bool
	byPID  map[int]Cgroup
}

// lookup returns the services that a process runs, the zero value for any other
// process. Only children of the service control manager run services, so for others
// nothing is read. A process that a service has started is not a service: it can be a
// session or a task of a user, which continues when the service stops.
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

// runningServices returns the running services, none if this user may not list them.
// Every user who has logged in may have SC_MANAGER_ENUMERATE_SERVICE.
func runningServices() []serviceState {
	manager, err := windows.OpenSCManager(nil, nil, windows.SC_MANAGER_ENUMERATE_SERVICE)
	if err != nil {
		return nil
	}
	defer windows.CloseServiceHandle(manager)
	const maxSize = 256 << 10 // the limit of EnumServicesStatusEx
	var all []serviceState
	var resume uint32
	b := make([]byte, maxSize)
	for {
		var missing, n uint32
		before := resume
		err := windows.EnumServicesStatusEx(manager, windows.SC_ENUM_PROCESS_INFO, windows.SERVICE_WIN32,
			windows.SERVICE_ACTIVE, &b[0], uint32(len(b)), &missing, &n, &resume, nil)
		if err != nil && !errors.Is(err, windows.ERROR_MORE_DATA) {
			return all
		}
		// The names follow the entries, in b itself.
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
