package ports

import (
	"fmt"
	"io"
	"net"
	"os"
	"strings"
)

// playRole is the life of a helper of the tests.
func playRole(role string) error {
	kind, port, _ := strings.Cut(role, " ")
	switch kind {
	case "namespace":
		return raceForPIDs()
	case "listen": // until standard input ends
		l, err := net.Listen("tcp4", "127.0.0.1:"+port)
		if err != nil {
			return err
		}
		defer l.Close()
		fmt.Println(l.Addr().(*net.TCPAddr).Port)
	case "wait":
		fmt.Println("ready")
	}
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}
