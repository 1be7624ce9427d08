package cli

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"lotop/sockets/process"
)

// signalFlag is a flag that takes a signal by name or number.
type signalFlag syscall.Signal

// String implements pflag.Value.
func (s *signalFlag) String() string {
	return strings.TrimPrefix(process.SignalName(syscall.Signal(*s)), "SIG")
}

// Type implements pflag.Value.
func (s *signalFlag) Type() string { return "SIGNAL" }

// terminatingSignals returns the signals that free can send, in the order of the help.
func terminatingSignals() []syscall.Signal {
	return []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGABRT, syscall.SIGKILL}
}

// complete registers the names for shell completion.
func (s *signalFlag) complete(cmd *cobra.Command, flag string) {
	var names []string
	for _, known := range terminatingSignals() {
		name := signalFlag(known)
		names = append(names, name.String())
	}
	// It fails only for a flag that does not exist, which every run of lotop would show.
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(names, noFiles))
}

// Set implements pflag.Value. It accepts only signals that terminate a process.
func (s *signalFlag) Set(word string) error {
	name := strings.TrimPrefix(strings.ToUpper(word), "SIG")
	for _, known := range terminatingSignals() {
		if name == strings.TrimPrefix(process.SignalName(known), "SIG") || name == strconv.Itoa(int(known)) {
			*s = signalFlag(known)
			return nil
		}
	}
	return fmt.Errorf("must be one of: TERM, INT, HUP, QUIT, ABRT, KILL")
}
