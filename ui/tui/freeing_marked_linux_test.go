package tui

import (
	"fmt"
	"strconv"
	"testing"

	"lotop/sockets/socketstest"
)

// Marked ports are freed one after the other, and a process that has two of them gets one
// signal.
func TestFreeMarkedPorts(t *testing.T) {
	t.Parallel()
	port := socketstest.FreePort(t, "tcp")
	first, second, bystander := socketstest.Start(t, socketstest.Args("first")), socketstest.Start(t, socketstest.Args("second"), socketstest.IgnoreSIGTERM()), socketstest.Start(t)
	first.Listen("tcp4", address(port))
	first.Listen("tcp4", fmt.Sprintf("127.0.0.2:%d", port))
	second.Listen("tcp4", fmt.Sprintf("127.0.0.3:%d", port))
	bystander.Listen("tcp4", fmt.Sprintf("127.0.0.4:%d", port))
	d := openLive(t, port)
	for _, host := range []string{"127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"} {
		d.look(host)
	}
	d.press("M")
	d.selectRow("127.0.0.4")
	d.press("m", "x")
	d.wants("Free 3 ports?", "ends first (", "ends second (", "to 2 processes")
	d.wantsNot("127.0.0.4:" + strconv.Itoa(int(port)) + "  ends")
	d.press("y")
	d.wants("✓ "+address(port)+" is free", fmt.Sprintf("✓ 127.0.0.2:%d is free", port), "second ("+strconv.Itoa(second.PID())+") did not exit", "[ f  send SIGKILL ]")
	if !second.Alive() {
		t.Fatal("killed without a second yes")
	}
	d.press("f")
	d.wants(fmt.Sprintf("✓ 127.0.0.3:%d is free", port))
	<-first.Done()
	<-second.Done()
	if !bystander.Alive() {
		t.Error("an unmarked one was ended")
	}
}
