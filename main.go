// Command lotop shows who is talking to whom on this machine.
package main

import (
	"os"

	"lotop/ui/cli"
)

func main() { os.Exit(cli.Run(os.Args[1:])) }
