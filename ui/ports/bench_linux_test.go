package ports

import (
	"context"
	"testing"

	"lotop/model/bind"
	"lotop/sockets"
	"lotop/sockets/socketstest"
)

// BenchmarkDiagnose is `lotop why` without the start of the process.
func BenchmarkDiagnose(b *testing.B) {
	l := socketstest.Start(b).Listen("tcp4", "127.0.0.1:0")
	target := bind.Target{Protocol: sockets.TCP, Port: l.Local.Port(), Hosts: bind.AnyHost()}
	for b.Loop() {
		d, err := newService().Diagnose(context.Background(), target, false)
		if err != nil || d.Verdict != bind.VerdictTaken {
			b.Fatal(d.Verdict, err)
		}
	}
}
