package plan_test

import (
	"fmt"
	"net/netip"

	"lotop/model"
	"lotop/model/bind"
	"lotop/model/plan"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

func ExampleForPort() {
	snap := &sockets.Snapshot{Processes: map[int32]*process.Process{4411: {PID: 4411, Name: untrusted.New("node")}}}
	owners := []sockets.Owner{{PID: 4411, FD: 18}}
	listener := func(address string) model.Row {
		local := netip.MustParseAddrPort(address)
		return model.Row{
			Socket:   &sockets.Socket{ID: sockets.ID(local.Port()), Protocol: sockets.TCP, State: sockets.Listen, Local: local, Owners: owners},
			Snapshot: snap,
		}
	}
	web, debug := listener("127.0.0.1:3000"), listener("127.0.0.1:9229")

	target := bind.TargetOf(web.Socket)
	e := bind.Evidence{Target: target, Rows: []model.Row{web}}
	for _, b := range target.Binds() {
		e.Binds = append(e.Binds, bind.BindResult{Bind: b, Plain: bind.BindInUse, Reuse: bind.BindInUse})
	}
	options := plan.Options{Protected: func(p *process.Process) (string, bool) { return "it is init", p.PID == 1 }}
	socketsOf := func(int32) []model.Row { return []model.Row{web, debug} }

	p := plan.ForPort(bind.Diagnose(e), options, socketsOf)
	for _, proc := range p.ToStop {
		fmt.Println("stop", proc.Name, proc.PID)
	}
	for _, r := range p.AlsoCloses {
		fmt.Println("also closes", r.Socket.Local)
	}
	// Output:
	// stop node 4411
	// also closes 127.0.0.1:9229
}
