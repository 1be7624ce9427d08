// Package socketstest makes real sockets of every shape in real processes, for
// the tests of all layers.
//
// A process is the test binary run again: TestMain hands over to [Main], which
// serves commands if the environment says that it is a child, and runs the
// tests if not. The child makes its sockets by bare system calls, so that they
// have exactly the options that the test asked for. Only loopback and wildcard
// addresses are meant to be used.
//
//	func TestMain(m *testing.M) { os.Exit(socketstest.Main(m)) }
//
//	func TestListener(t *testing.T) {
//		p := socketstest.Start(t, socketstest.Args("dlv", "dap"))
//		l := p.Listen("tcp4", "127.0.0.1:0", socketstest.ReuseAddr)
//		c := p.Dial(l.Target())
//		a := p.Accept(l)
//		…
//	}
//
// Every process ends with the test that started it, also if the test binary is
// killed. The package knows nothing of the rest of lotop, so that every package
// can use it. On Windows there are only [Main] and [Hold], on other systems only
// [Main].
package socketstest
