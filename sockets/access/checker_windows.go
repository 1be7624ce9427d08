package access

import (
	"os"

	"golang.org/x/sys/windows"
)

// checker answers on Windows, where a process is elevated or not.
type checker struct{}

func newChecker(string) checker { return checker{} }

// uid is not a thing of Windows: Geteuid returns -1.
func (c *checker) uid() uint32 { return uint32(os.Geteuid()) }

func (c *checker) questions() []question {
	return windowsQuestions(windows.GetCurrentProcessToken().IsElevated())
}
