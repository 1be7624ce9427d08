package bind

import (
	"fmt"

	"lotop/sockets"
)

// lomPort is the TCP port that macOS lets none but a program of its own bind
// (bsd/net/restricted_in_port.c). It answers as if somebody had it.
const lomPort = 55555

// noteMac adds what is so on macOS only.
func (d *Diagnosis) noteMac(e *Evidence) []string {
	if !e.Platform.macOS() {
		return nil
	}
	notes := e.noteShadowedIPv4()
	for i := range d.Blockers {
		switch h := &d.Blockers[i]; {
		case h.Cause == CauseUnknown && e.Target.Protocol == sockets.TCP && e.Target.Port == lomPort:
			notes = append(notes, fmt.Sprintf("macOS reserves port %d for lights-out management: use another port", lomPort))
		case h.Cause == CauseClient && e.inEphemeralRange():
			notes = append(notes, fmt.Sprintf("the port is in %s: use a port below %d to avoid conflicts",
				e.ephemeralText(), e.Platform.Ephemeral.First))
		}
	}
	return notes
}

// noteShadowedIPv4 tells when a listener on "::" gets nothing over IPv4, because
// another listens on 0.0.0.0: that one comes first (in_pcblookup_hash,
// bsd/netinet/in_pcb.c). macOS lets it happen without SO_REUSEADDR.
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
				notes = append(notes, fmt.Sprintf("%s receives no IPv4 connections: %s listens on 0.0.0.0, which takes precedence over ::",
					ownerText(&e.Rows[j]), ownerText(&e.Rows[i])))
			}
		}
	}
	return notes
}
