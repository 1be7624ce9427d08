//go:build unix

package signals_test

import (
	"os"
	"os/signal"
	"syscall"
	"testing"

	"lotop/ui/signals"
)

// TestNotify sends itself every signal that stops lotop. Under nohup SIGHUP stays ignored.
func TestNotify(t *testing.T) {
	ignored := signal.Ignored(syscall.SIGHUP)
	c := make(chan os.Signal, 1)
	signals.Notify(c)
	defer signal.Stop(c)
	if signal.Ignored(syscall.SIGHUP) != ignored {
		t.Errorf("SIGHUP is ignored: %v, was %v", !ignored, ignored)
	}
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGHUP} {
		if signal.Ignored(sig) {
			continue
		}
		if err := syscall.Kill(os.Getpid(), sig); err != nil {
			t.Fatal(err)
		}
		if got := <-c; got != sig {
			t.Errorf("%v is relayed as %v", sig, got)
		}
	}
}

// TestNotifyIgnored has SIGHUP ignored, as nohup does.
func TestNotifyIgnored(t *testing.T) {
	if signal.Ignored(syscall.SIGHUP) {
		t.Skip("SIGHUP is ignored already")
	}
	signal.Ignore(syscall.SIGHUP)
	defer signal.Reset(syscall.SIGHUP)
	c := make(chan os.Signal, 1)
	signals.Notify(c)
	defer signal.Stop(c)
	if !signal.Ignored(syscall.SIGHUP) {
		t.Error("SIGHUP is not ignored any more")
	}
}
