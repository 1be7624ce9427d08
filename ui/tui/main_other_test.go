//go:build !linux

package tui

import (
	"os"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC // golden files have times
	os.Exit(m.Run())
}
