package bind

import (
	"fmt"

	"lotop/sockets"
)

// lomPort is a TCP port that macOS reserves for a program of its own
// (bsd/net/restricted_in_port.c). It returns EADDRINUSE.
const lomPort = 55555

// noteMac returns the notes for macOS only.
func (d *Diagnosis) noteMac(e *Evidence) []string {
	if !e.Platform.macOS() {
		return nil
	}
	notes := e.noteShadowedIPv4()
	for i := range d.Blockers {
		switch b := &d.Blockers[i]; {
		case b.Cause == CauseUnknown && e.Target.Protocol == sockets.TCP && e.Target.Port == lomPort:
			notes = append(notes, fmt.Sprintf("macOS reserves port %d for lights-out management: use another port", lomPort))
		case b.Cause == CauseClient && e.inEphemeralRange():
			notes = append(notes, fmt.Sprintf("the port is in %s: use a port below %d to avoid conflicts",
				e.ephemeralText(), e.Platform.Ephemeral.First))
		}
	}
	return notes
}

// noteShadowedIPv4 notes that a listener on "::" receives nothing over IPv4, because
// another socket listens on 0.0.0.0, which comes first (in_pcblookup_hash,
// bsd/netinet/in_pcb.c). macOS allows both without SO_REUSEADDR.
func (e *Evidence) noteShadowedIPv4() []string {
	var notes []string
	for i := range e.Rows {
		four := e.Rows[i].Socket
		if four.State != sockets.Listen || four.V6 || !four.Local.Addr().IsUnspecified() {
			continue
		}
		for j := range e.Rows {
			dual := e.Rows[j].Socket
			if dual.State == sockets.Listen && dual.DualStack() && !dual.SharesOwner(four) {
				notes = append(notes, fmt.Sprintf(
					"%s receives no IPv4 connections: %s listens on 0.0.0.0, which takes precedence over ::",
					ownerText(&e.Rows[j]), ownerText(&e.Rows[i])))
			}
		}
	}
	return notes
}
