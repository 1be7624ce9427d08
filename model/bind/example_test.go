package bind_test

import (
	"fmt"
	"net/netip"

	"lotop/model"
	"lotop/model/bind"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

func ExampleDiagnose() {
	target, err := bind.ParseTarget(sockets.TCP, "127.0.0.1:3000")
	if err != nil {
		panic(err)
	}
	listener := model.Row{
		Socket: &sockets.Socket{
			Protocol: sockets.TCP, State: sockets.Listen, Local: netip.MustParseAddrPort("0.0.0.0:3000"),
			Owners: []sockets.Owner{{PID: 4411, FD: 18}},
		},
		Snapshot: &sockets.Snapshot{
			Processes: map[int32]*process.Process{4411: {PID: 4411, Name: untrusted.New("node")}},
		},
	}

	// The caller tries the binds of the target and adds what the kernel returned.
	e := bind.Evidence{Target: target, Rows: []model.Row{listener}, Platform: bind.Platform{OS: "linux"}}
	for _, b := range target.Binds() {
		e.Binds = append(e.Binds, bind.BindResult{Bind: b, Plain: bind.BindInUse, Reuse: bind.BindInUse})
	}

	d := bind.Diagnose(e)
	fmt.Println(d.Verdict)
	for _, b := range d.Blockers {
		fmt.Println(b.Cause, b.Row.Owner(b.Row.Socket).Name, b.Blocks)
	}
	for _, r := range d.AllRemedies() {
		fmt.Println(r.Text())
	}
	// Output:
	// taken
	// listener node [127.0.0.1]
	// lotop free 127.0.0.1:3000
}
