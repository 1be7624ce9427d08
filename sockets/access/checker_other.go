//go:build !linux && !darwin && !windows

package access

import "os"

// checker answers nothing where lotop reads no sockets.
type checker struct{}

func newChecker(string) checker { return checker{} }

func (c *checker) uid() uint32 { return uint32(os.Geteuid()) }

func (c *checker) questions() []question { return nil }
