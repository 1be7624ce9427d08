package socketstest

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/mgr"
)

// serviceArg is the first argument of a child that is a service; its name and
// its sockets follow. The service manager passes no environment.
const serviceArg = "__service"

// Service is a Windows service that keeps sockets open until the test ends.
type Service struct {
	Name    string
	PID     int
	service *mgr.Service
	t       testing.TB
}

// StartService creates a service that runs this program and opens sockets as
// [ChildConfig] describes; their ports must not be 0. It requires an
// administrator; for other users the test is skipped.
func StartService(t testing.TB, sockets ...string) *Service {
	t.Helper()
	m, err := mgr.Connect()
	if errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		t.Skip("creating a service requires an administrator")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Disconnect() })
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("lotop-test-%d", os.Getpid())
	mine, err := m.CreateService(name, self, mgr.Config{StartType: mgr.StartManual}, serviceArg, name, strings.Join(sockets, ","))
	if err != nil {
		t.Fatal(err)
	}
	s := &Service{Name: name, service: mine, t: t}
	t.Cleanup(func() {
		s.Stop()
		if err := errors.Join(mine.Delete(), mine.Close()); err != nil {
			t.Error(err)
		}
	})
	if err := mine.Start(); err != nil {
		t.Fatal(err)
	}
	s.PID = int(s.waitState(svc.Running).ProcessId)
	return s
}

// Stop stops the service and waits.
func (s *Service) Stop() {
	s.t.Helper()
	if _, err := s.service.Control(svc.Stop); err != nil && !errors.Is(err, windows.ERROR_SERVICE_NOT_ACTIVE) {
		s.t.Fatal(err)
	}
	s.waitState(svc.Stopped)
}

// waitState polls for a state: the service manager sends no notifications.
func (s *Service) waitState(want svc.State) svc.Status {
	s.t.Helper()
	until := time.Now().Add(20 * time.Second)
	for {
		now, err := s.service.Query()
		if err != nil || now.State != want && time.Now().After(until) {
			s.t.Fatalf("the service is in state %d, not %d: %v", now.State, want, err)
		}
		if now.State == want {
			return now
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// FreePort returns a TCP address that was free when it was probed.
func FreePort(t testing.TB) netip.AddrPort {
	t.Helper()
	child := StartChild(t, ChildConfig{Sockets: []string{"tcp 127.0.0.1:0"}})
	child.Close()
	return child.Local[0]
}

// runAsService runs the child as a service if args are those of one.
func runAsService(args []string) (code int, ok bool) {
	if len(args) != 4 || args[1] != serviceArg {
		return 0, false
	}
	return runService(args[2], args[3]), true
}

func runService(name, sockets string) int {
	if err := svc.Run(name, &handler{strings.Split(sockets, ",")}); err != nil {
		return 1
	}
	return 0
}

type handler struct{ sockets []string }

// Execute implements [svc.Handler]. The state is Running once the sockets are
// open.
func (h *handler) Execute(_ []string, requests <-chan svc.ChangeRequest, status chan<- svc.Status) (bool, uint32) {
	status <- svc.Status{State: svc.StartPending}
	var data windows.WSAData
	if err := windows.WSAStartup(0x202, &data); err != nil {
		return true, 1
	}
	for _, spec := range h.sockets {
		if _, err := socket(spec); err != nil {
			return true, 2
		}
	}
	status <- svc.Status{State: svc.Running, Accepts: svc.AcceptStop}
	for r := range requests {
		switch r.Cmd {
		case svc.Interrogate:
			status <- r.CurrentStatus
		case svc.Stop:
			return false, 0
		}
	}
	return false, 0
}
