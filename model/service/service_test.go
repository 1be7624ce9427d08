package service

import (
	"testing"

	"lotop/sockets"
)

func TestClassOf(t *testing.T) {
	for port, want := range map[uint16]string{
		0: "well-known", 1023: "well-known", 1024: "registered", 49151: "registered", 49152: "dynamic", 65535: "dynamic",
	} {
		if got := ClassOf(port).String(); got != want {
			t.Errorf("%d: got %s, want %s", port, got, want)
		}
	}
}

func TestServiceName(t *testing.T) {
	tests := []struct {
		proto sockets.Protocol
		port  uint16
		want  string
	}{
		{sockets.TCP, 443, "https"},
		{sockets.UDP, 443, "https"},
		{sockets.TCP, 5432, "postgresql"},
		{sockets.TCP, 3000, "hbci"},
		{sockets.TCP, 8080, "http-alt"},
		{sockets.TCP, 514, "shell"},
		{sockets.UDP, 514, "syslog"},
		{sockets.UDP, 22, ""},
		{sockets.TCP, 9229, "node-inspect"},
		{sockets.TCP, 5005, "jdwp"},
		{sockets.UDP, 5005, "avt-profile-2"},
		{sockets.TCP, 1, "tcpmux"},
		{sockets.TCP, 61616, "activemq"},
		{sockets.TCP, 65535, ""},
		{sockets.TCP, 0, ""},
		{99, 80, ""},
	}
	for _, tt := range tests {
		if got := Name(tt.proto, tt.port); got != tt.want {
			t.Errorf("%s %d: got %q, want %q", tt.proto, tt.port, got, tt.want)
		}
	}
	if n := testing.AllocsPerRun(100, func() { Name(sockets.TCP, 5432) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// The look-up is a binary search, and a name that another hides is a mistake.
func TestServiceTables(t *testing.T) {
	seen := map[[2]uint16]string{}
	for _, table := range [...][]service{ianaServices[:], devServices[:]} {
		for i, e := range table {
			if i > 0 && e.port < table[i-1].port {
				t.Errorf("%d stands behind %d", e.port, table[i-1].port)
			}
			for _, on := range []protocolSet{onTCP, onUDP} {
				key := [2]uint16{e.port, uint16(on)}
				if e.on&on == 0 {
					continue
				}
				if other := seen[key]; other != "" {
					t.Errorf("%d is %s and %s", e.port, other, e.name)
				}
				seen[key] = e.name
			}
		}
	}
}
