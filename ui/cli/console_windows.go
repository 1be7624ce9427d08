package cli

import (
	"os"

	"golang.org/x/sys/windows"
)

// enableColor lets a console of an older Windows interpret escape sequences.
func enableColor() {
	for _, f := range []*os.File{os.Stdout, os.Stderr} {
		var mode uint32
		h := windows.Handle(f.Fd())
		if windows.GetConsoleMode(h, &mode) == nil { // else it is no console
			_ = windows.SetConsoleMode(h, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) // before Windows 10 it prints the sequences
		}
	}
}
