package plan_test

import (
	"testing"

	"lotop/model/modeltest"
	"lotop/model/plan"
	"lotop/model/track"
	"lotop/sockets/process"
)

// A parent is stopped with the owners of the port, unless it is protected.
func TestPlanForParents(t *testing.T) {
	m := track.New()
	m.Update(modeltest.Snapshot(t, 0, modeltest.Shop))
	r, _ := m.Find(11)
	parent := &process.Process{PID: 77, Start: 7}
	p := plan.ForPort(inUseOf(m, r.Socket), plan.Options{Protected: unprotected, Parents: []*process.Process{parent}}, m.ByPID)
	if len(p.ToStop) != 2 || !p.ToStop[0].Same(parent) || p.ToStop[1].PID != 30 {
		t.Errorf("stops %v", p.ToStop)
	}
	p = plan.ForPort(inUseOf(m, r.Socket), plan.Options{Protected: protect(77), Parents: []*process.Process{parent}}, m.ByPID)
	if len(p.ToStop) != 1 || p.ToStop[0].PID != 30 || len(p.Protected) != 1 {
		t.Errorf("stops %v, refuses %v", p.ToStop, p.Protected)
	}
}

// Processes that lose connections are named, each once.
func TestPlanClients(t *testing.T) {
	m := track.New()
	m.Update(modeltest.Snapshot(t, 0, modeltest.Shop))
	r, _ := m.Find(1)
	p := planFor(m, r.Clone(), r.Socket, unprotected)
	if len(p.Clients) != 1 || p.Clients[0].Process.PID != 20 || p.Clients[0].Connections > p.ClientsLost {
		t.Errorf("%d clients: %+v", p.ClientsLost, p.Clients)
	}
}

// Of two plans for one process the second leaves it alone, and the plan that was shown
// stays what it was.
func TestWithout(t *testing.T) {
	a, b := &process.Process{PID: 1, Start: 1}, &process.Process{PID: 2, Start: 2}
	shown := plan.Plan{ToStop: []*process.Process{a, b}}
	rest := shown.Without([]*process.Process{{PID: 1, Start: 1}, {PID: 2, Start: 9}})
	if len(rest.ToStop) != 1 || rest.ToStop[0] != b || len(shown.ToStop) != 2 || shown.ToStop[0] != a {
		t.Errorf("rest %v, shown %v", rest.ToStop, shown.ToStop)
	}
}
