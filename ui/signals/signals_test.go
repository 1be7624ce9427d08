package signals_test

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"

	"lotop/ui/signals"
)

// otherSignal is a signal of a type that is not syscall's.
type otherSignal struct{}

func (otherSignal) Signal()        {}
func (otherSignal) String() string { return "interrupt" }

func TestStopped(t *testing.T) {
	for _, tt := range []struct {
		signal os.Signal
		code   int
		text   string
	}{
		{syscall.SIGHUP, 129, "stopped by SIGHUP"},
		{syscall.SIGINT, 130, "stopped by SIGINT"},
		{os.Interrupt, 130, "stopped by SIGINT"},
		{syscall.SIGQUIT, 131, "stopped by SIGQUIT"},
		{syscall.SIGTERM, 143, "stopped by SIGTERM"},
		{otherSignal{}, 130, "stopped by SIGINT"},
	} {
		err := fmt.Errorf("watch: %w", signals.By(tt.signal))
		var stopped *signals.Stopped
		if !errors.As(err, &stopped) {
			t.Errorf("%v: %v is not Stopped", tt.signal, err)
		} else if stopped.ExitCode() != tt.code || stopped.Error() != tt.text {
			t.Errorf("%v: exit code %d, %q; want %d, %q", tt.signal, stopped.ExitCode(), stopped, tt.code, tt.text)
		}
	}
}
