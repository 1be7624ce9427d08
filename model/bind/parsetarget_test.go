package bind_test

import (
	"slices"
	"strings"
	"testing"

	"lotop/model/bind"
	"lotop/sockets"
)

// TestParseTargetPasted holds that an address can be pasted as another program
// writes it.
func TestParseTargetPasted(t *testing.T) {
	for text, want := range map[string]string{
		"3000":                              "3000",
		":3000":                             "3000",
		"http://localhost:3000/x":           "localhost:3000",
		"HTTP://LOCALHOST:3000?a=b@c":       "localhost:3000",
		"localhost:3000/":                   "localhost:3000",
		"127.0.0.1:3000/a?b#c":              "127.0.0.1:3000",
		":::3000":                           "[::]:3000",
		"::1:3000":                          "[::1]:3000",
		"::ffff:127.0.0.1:3000":             "127.0.0.1:3000",
		"2001:db8:0:0:0:0:0:1:3000":         "[2001:db8::1]:3000",
		"*:3000":                            "[::]:3000",
		"0.0.0.0:3000->80/tcp":              "0.0.0.0:3000",
		":::3000->80/tcp":                   "[::]:3000",
		"[::]:53->5300/udp":                 "udp [::]:53",
		"5353/udp":                          "udp 5353",
		"3000/tcp":                          "3000",
		"udp://127.0.0.1:53":                "udp 127.0.0.1:53",
		"[::1]:3000/path":                   "[::1]:3000",
		"tcp://127.0.0.1:3000":              "127.0.0.1:3000",
		"postgres://ada:pw@localhost:5432/": "localhost:5432",
		"http://localhost":                  "localhost:80",
		"https://[::1]/":                    "[::1]:443",
		"127.0.0.1.3000":                    "127.0.0.1:3000",
		"::1.3000":                          "[::1]:3000",
		"*.3000":                            "[::]:3000",
		"localhost.3000":                    "localhost:3000",
		"localhost:3000->localhost:51234":   "localhost:3000",
		"http://shop.localhost:3000":        "localhost:3000",
		" 3000\n":                           "3000",
	} {
		got, err := bind.ParseTarget(sockets.TCP, text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		said := got.String()
		if got.Protocol == sockets.UDP {
			said = "udp " + said
		}
		if said != want || got.URL != strings.Contains(text, "://") {
			t.Errorf("%q is %s, want %s; a URL: %v", text, said, want, got.URL)
		}
	}
}

func TestParseTargetWrong(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "empty",
		"localhost":                      "missing port",
		"127.0.0.1":                      "missing port",
		"[::1]":                          "missing port after ]",
		"::1":                            "need brackets",
		"user:pw@localhost:3000":         "more than one colon",
		"address already in use :::3000": "more than one colon",
		"2001:db8::1:80":                 "need brackets",
		"fe80::1":                        "need brackets",
		"fe80::1%eth0.100":               "need brackets",
		"http://shop":                    "shop is not an IP address",
		"tcp://127.0.0.1":                "missing port",
		"http://example.com":             "the only name supported is localhost",
		"1.2.3.4.5.80":                   "is not a port number",
		"1.2.3.4.99999":                  "ports range from 1 to 65535",
		"3005-3000":                      "its last port is lower than its first",
		"1-65535":                        "a range covers at most 256 ports",
		"3000-":                          "3000- is not a port number",
		"3000-3001-3002":                 "is not a port number",
		"3000,3001":                      "separate targets with spaces, not commas",
		"0.0.0.0:3000->80/tcp, shop:3001->81/tcp": "shop is not an IP address",
	} {
		if all, err := bind.ParseTargets(sockets.TCP, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v; want %q", text, all, err, want)
		}
	}
}

func TestParseTargetRange(t *testing.T) {
	all, err := bind.ParseTargets(sockets.TCP, "localhost:3000-3002")
	var got []string
	for _, one := range all {
		got = append(got, one.Text)
	}
	if want := []string{"localhost:3000", "localhost:3001", "localhost:3002"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := bind.ParseTarget(sockets.TCP, "3000-3002"); err == nil {
		t.Error("one target was made of a range")
	}
	if all, err := bind.ParseTargets(sockets.TCP, "65530-65535"); err != nil || len(all) != 6 {
		t.Errorf("%v, %v", all, err)
	}
}

// A list of docker ps is one target for each published port, and for no other.
func TestParseTargetPublished(t *testing.T) {
	all, err := bind.ParseTargets(sockets.TCP, "443/tcp, 0.0.0.0:3000->80/tcp, [::]:3000->80/tcp, 127.0.0.1:5300-5301->53-54/udp")
	var got []string
	for _, one := range all {
		got = append(got, one.Protocol.String()+" "+one.String())
	}
	want := []string{"tcp 0.0.0.0:3000", "tcp [::]:3000", "udp 127.0.0.1:5300", "udp 127.0.0.1:5301"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := bind.ParseTargets(sockets.TCP, strings.Repeat("0.0.0.0:3000-3255->1-256/tcp, ", 2)); err == nil {
		t.Error("a list is unlimited")
	}
}

func TestIsProgramName(t *testing.T) {
	for text, want := range map[string]bool{
		"node": true, "node-18": true, "python3.12": true, "12ab": true, "x server": true,
		"": false, "3000": false, "3000-3005": false, "localhost": false, "127.0.0.1": false, "host:80": false, "[::1": false, "*": false,
	} {
		if got := bind.IsProgramName(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// FuzzParseTarget holds that what a target says of itself names the same target.
func FuzzParseTarget(f *testing.F) {
	for _, seed := range []string{
		"3000", "[::1]:3000/path", ":::3000", "127.0.0.1.3000", "0.0.0.0:3000->80/tcp", "http://a@localhost:3000/x", "*:3000",
		"fe80::1%lo0.3000", "[fe80::1%]:1", "3000-3005", "::ffff:1.2.3.4%x:80", "localhost:0x1", "tcp://[::1%a->b]:3",
		"80/tcp, 0.0.0.0:3000->80/tcp, [::]:3001->81/udp",
	} {
		f.Add(seed)
	}
	const maxRange = 256 // as the error for a longer one says
	f.Fuzz(func(t *testing.T, text string) {
		all, err := bind.ParseTargets(sockets.TCP, text)
		for _, one := range all {
			again, err := bind.ParseTarget(one.Protocol, one.String())
			if err != nil || again.Port != one.Port || again.Protocol != one.Protocol || !slices.Equal(again.Hosts, one.Hosts) {
				t.Errorf("%q is %s, which is %+v, %v", text, one, again, err)
			}
		}
		if err == nil && (len(all) == 0 || len(all) > maxRange) {
			t.Errorf("%q is %d targets", text, len(all))
		}
		bind.IsProgramName(text)
	})
}
