package track

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"lotop/model"
	"lotop/model/modeltest"
)

const serverHigh = `
	2 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:62893 pid:20
	3 tcp ESTABLISHED 127.0.0.1:62893 127.0.0.1:3000 pid:10`

var sideTests = []struct {
	name  string
	snaps []string
	want  string
}{
	{
		name:  "when the listener has gone",
		snaps: []string{"1 tcp LISTEN 127.0.0.1:62893 pid:10" + serverHigh, serverHigh},
		want:  `3=2 tcp ESTABLISHED 127.0.0.1:62893 < 127.0.0.1:3000`,
	},
	{
		name:  "when somebody listens on the client's port later",
		snaps: []string{"1 tcp LISTEN 127.0.0.1:62893 pid:10" + serverHigh, "4 tcp LISTEN 127.0.0.1:3000 pid:20" + serverHigh},
		want: `
			+ 4 tcp LISTEN 127.0.0.1:3000
			3=2 tcp ESTABLISHED 127.0.0.1:62893 < 127.0.0.1:3000`,
	},
	{
		name: "when the other end has gone too",
		snaps: []string{
			"1 tcp LISTEN 127.0.0.1:62893 pid:10" + serverHigh, serverHigh,
			"2 tcp CLOSE_WAIT 127.0.0.1:3000 127.0.0.1:62893 pid:20",
		},
		want: `~ 2 tcp CLOSE_WAIT 127.0.0.1:3000 > 127.0.0.1:62893`,
	},
	{
		name:  "not from a guess",
		snaps: []string{serverHigh, "1 tcp LISTEN 127.0.0.1:62893 pid:10" + serverHigh},
		want: `
			+ 1 tcp LISTEN 127.0.0.1:62893 clients=1/0
			3=2 tcp ESTABLISHED 127.0.0.1:62893 < 127.0.0.1:3000 via 1`,
	},
	{
		name: "from before accept",
		snaps: []string{
			"2 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:62893 pid:20\n3 tcp ESTABLISHED 127.0.0.1:62893 127.0.0.1:3000 waits",
			serverHigh,
		},
		want: `3=2 tcp ESTABLISHED 127.0.0.1:62893 < 127.0.0.1:3000`,
	},
	{
		name: "not beyond the connection: UDP sockets connect again",
		snaps: []string{
			"1 udp UNCONN 127.0.0.1:53 pid:10\n2 udp ESTABLISHED 127.0.0.1:53 127.0.0.1:9 pid:10",
			"2 udp UNCONN 127.0.0.1:53 pid:10",
			"2 udp ESTABLISHED 127.0.0.1:53 127.0.0.1:10 pid:10",
		},
		want: `~ 2 udp ESTABLISHED 127.0.0.1:53 >? 127.0.0.1:10`,
	},
}

func TestRoleIsRemembered(t *testing.T) {
	local := ListOptions{Order: model.Order{Column: model.ByLocal}}
	for _, tt := range sideTests {
		t.Run(tt.name, func(t *testing.T) {
			m := watch(t, tt.snaps...)
			m.closedRows = nil
			if diff := cmp.Diff(modeltest.Lines(tt.want), trimmed(m.rows(local))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
