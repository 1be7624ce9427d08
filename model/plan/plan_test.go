package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"lotop/model"
	"lotop/model/bind"
	"lotop/model/modeltest"
	"lotop/model/plan"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/sockets/process"
)

func unprotected(*process.Process) (string, bool) { return "", false }

func protect(pid int) func(*process.Process) (string, bool) {
	return func(p *process.Process) (string, bool) { return "use systemctl", p.PID == pid }
}

var planTests = []struct {
	name           string
	id             sockets.ID
	protected      func(*process.Process) (string, bool)
	stops, refused []int
	clients        int
	closes         []sockets.ID
}{
	// The connections of 20, accepted or not, are lost; that of 10 to 11 is
	// no loss to others; 7 is held by 12 too and stays.
	{"both owners", 1, unprotected, []int{10, 11}, nil, 2, []sockets.ID{6}},
	// What 10 holds with 11 stays with it: nothing closes but the port of 11.
	{"one refused", 1, protect(10), []int{11}, []int{10}, 1, []sockets.ID{6}},
	{"the other refused", 1, protect(11), []int{10}, []int{11}, 0, nil},
	{"the client's end", 2, unprotected, []int{20}, nil, 0, nil},
	{"no owner", 12, unprotected, nil, nil, 0, nil},
	{"one of its own", 11, unprotected, []int{30}, nil, 0, nil},
}

// inUseOf diagnoses the port of a socket at which every bind is refused.
func inUseOf(m *track.Tracker, s *sockets.Socket) bind.Diagnosis {
	e := bind.Evidence{Target: bind.TargetOf(s), Rows: m.ByPort(s.Protocol, s.Local.Port())}
	for _, b := range e.Target.Binds() {
		e.Binds = append(e.Binds, bind.BindResult{Bind: b, Plain: bind.BindInUse, Reuse: bind.BindInUse})
	}
	return bind.Diagnose(e)
}

// planFor plans for the port of a socket, or for its end of a connection.
func planFor(m *track.Tracker, r model.Row, s *sockets.Socket, protected func(*process.Process) (string, bool)) plan.Plan {
	o := plan.Options{Protected: protected}
	if s.Connected() {
		return plan.ForConnection(inUseOf(m, s), r, s, o, m.ByPID)
	}
	return plan.ForPort(inUseOf(m, s), o, m.ByPID)
}

func TestPlan(t *testing.T) {
	for _, tt := range planTests {
		t.Run(tt.name, func(t *testing.T) {
			m := track.New()
			m.Update(modeltest.Snapshot(t, 0, modeltest.Shop))
			r, _ := m.Find(tt.id)
			s := r.Socket
			if s.ID != tt.id {
				s = r.Peer
			}
			p := planFor(m, r.Clone(), s, tt.protected)
			var stops, refused []int
			for _, v := range p.ToStop {
				stops = append(stops, v.PID)
			}
			for _, v := range p.Protected {
				refused = append(refused, v.Process.PID)
				if v.Reason != "use systemctl" {
					t.Errorf("refused for %q", v.Reason)
				}
			}
			if diff := cmp.Diff([][]int{tt.stops, tt.refused}, [][]int{stops, refused}); diff != "" {
				t.Errorf("stops and refuses (-want +got):\n%s", diff)
			}
			var closes []sockets.ID
			for _, row := range p.AlsoCloses {
				closes = append(closes, row.Socket.ID)
			}
			if diff := cmp.Diff(tt.closes, closes); diff != "" || p.ClientsLost != tt.clients {
				t.Errorf("%d clients, want %d; closes (-want +got):\n%s", p.ClientsLost, tt.clients, diff)
			}
			if p.Possible() != (len(stops) > 0) || len(stops)+len(refused)+len(p.Skipped) == 0 {
				t.Errorf("possible: %v, %+v", p.Possible(), p)
			}
		})
	}
}

// TestPlanForStaleRow plans for a process whose pid is another's by now: the
// plan is about the one that was shown, and nothing of the other is touched.
func TestPlanForStaleRow(t *testing.T) {
	m := track.New()
	m.Update(modeltest.Snapshot(t, 0, "1 tcp LISTEN 127.0.0.1:3000 pid:10"))
	r, _ := m.Find(1)
	old := r.Clone()
	next := modeltest.Snapshot(t, 1, "2 tcp LISTEN 127.0.0.1:4000 pid:10")
	next.Processes[10] = &process.Process{PID: 10, Start: 999}
	m.Update(next)
	p := plan.ForConnection(inUseOf(m, old.Socket), old, old.Socket, plan.Options{Protected: unprotected}, m.ByPID)
	if len(p.ToStop) != 1 || p.ToStop[0].Start != 10 || p.AlsoCloses != nil {
		t.Errorf("stops %v, closes %v", p.ToStop, p.AlsoCloses)
	}
}

// A connection can be closed without stopping a process.
func TestPlanForClosing(t *testing.T) {
	m := track.New()
	m.Update(modeltest.Snapshot(t, 0, modeltest.Shop))
	r, _ := m.Find(2)
	p := plan.ForClosing(inUseOf(m, r.Socket), r.Clone())
	if !p.Possible() || !p.CloseOnly || len(p.ToClose) != 1 || len(p.ToStop) != 0 {
		t.Errorf("%+v", p)
	}
}
