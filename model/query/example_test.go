package query_test

import (
	"fmt"
	"net/netip"

	"lotop/model"
	"lotop/model/query"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

func ExampleParse() {
	row := model.Row{
		Socket: &sockets.Socket{
			Protocol: sockets.TCP, State: sockets.Listen, Local: netip.MustParseAddrPort("127.0.0.1:3000"),
			Owners: []sockets.Owner{{PID: 4411, FD: 18}},
		},
		Snapshot: &sockets.Snapshot{
			Processes: map[int32]*process.Process{4411: {PID: 4411, Name: untrusted.New("node")}},
		},
	}

	for _, text := range []string{"state:listen port:3000-3999", "-name:node", "port:9-3"} {
		q, err := query.Parse(text)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%s: %v\n", q, q.Match(&row))
	}
	// Output:
	// state:listen 3000-3999: true
	// -name:node: false
	// range is reversed: did you mean 3-9?
}
