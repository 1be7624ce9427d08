package model

import (
	"fmt"

	"lotop/sockets"
)

// lightsOut is the TCP port that macOS lets none but a program of its own bind
// (bsd/net/restricted_in_port.c). It answers as if somebody had it.
const lightsOut = 55555

// noteMac adds what is so on macOS only.
func (d *Diagnosis) noteMac(e *Evidence) []string {
	if !e.System.macOS() {
		return nil
	}
	notes := e.noteOutranked()
	for i := range d.Holders {
		switch h := &d.Holders[i]; {
		case h.Cause == CauseUnseen && e.Target.Protocol == sockets.TCP && e.Target.Port == lightsOut:
			notes = append(notes, fmt.Sprintf("macOS reserves port %d for lights-out management: use another port", lightsOut))
		case h.Cause == CauseClient && e.handedOut():
			notes = append(notes, fmt.Sprintf("the port is in %s: use a port below %d to avoid conflicts",
				e.handsOut(), e.System.Ephemeral.First))
		}
	}
	return notes
}

// noteOutranked tells when a listener on "::" gets nothing over IPv4, because
// another listens on 0.0.0.0: that one comes first (in_pcblookup_hash,
// bsd/netinet/in_pcb.c). macOS lets it happen without SO_REUSEADDR.
func (e *Evidence) noteOutranked() []string {
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
					owner(&e.Rows[j]), owner(&e.Rows[i])))
			}
		}
	}
	return notes
}
