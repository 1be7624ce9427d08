package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lotop/sockets"
)

type object = map[string]any

// decode reads the JSON of a command line as anybody would.
func decode(t testing.TB, text string) []object {
	t.Helper()
	var all []object
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, text)
	}
	return all
}

func TestJSON(t *testing.T) {
	node := object{"pid": 4411.0, "name": "node", "command": "node /home/ada/shop/server.js --port 3000", "started": "2026-03-01T11:48:00Z"}
	with := func(o object, key string, v any) object {
		c := object{key: v}
		for k, v := range o {
			c[k] = v
		}
		return c
	}
	for _, c := range []struct {
		query string
		want  []object
	}{
		{"state:listen lport:3000", []object{{
			"id": "0000000000000001", "protocol": "tcp", "state": "LISTEN", "local": object{"address": "127.0.0.1", "port": 3000.0},
			"dual_stack": false, "exposed": false, "clients": 1.0, "reach": "loopback", "class": "registered", "service": "hbci", "uid": 1000.0, "user": "ada",
			"owners": []any{with(node, "fd", 18.0)}, "accept_queue": object{"length": 1.0, "limit": 511.0}, "inode": 7001.0,
		}}},
		{"state:established port:51234 lport:3000", []object{{
			"id": "0000000000000002", "protocol": "tcp", "state": "ESTABLISHED", "local": object{"address": "127.0.0.1", "port": 3000.0},
			"remote": object{"address": "127.0.0.1", "port": 51234.0}, "dual_stack": false, "exposed": false, "reach": "loopback", "class": "registered",
			"service": "hbci", "uid": 1000.0, "user": "ada", "owners": []any{with(node, "fd", 21.0)},
			"peer": object{"id": "0000000000000003", "pid": 3302.0, "name": "chrome"}, "inode": 7002.0,
		}}},
		{"8080", []object{{
			"id": "0000000000000004", "protocol": "tcp", "state": "LISTEN", "local": object{"address": "::", "port": 8080.0},
			"v6only": false, "dual_stack": true, "exposed": true, "clients": 0.0, "reach": "network", "class": "registered", "service": "http-alt", "uid": 0.0,
			"user": "root", "unit": "shop.service", "no_owner_reason": "other_user", "inode": 7004.0,
		}}},
		{"5353", []object{{
			"id": "0000000000000005", "protocol": "udp", "state": "UNCONN", "local": object{"address": "0.0.0.0", "port": 5353.0},
			"dual_stack": false, "exposed": true, "reach": "network", "class": "registered", "service": "mdns", "uid": 1000.0, "user": "ada",
			"owners": []any{object{"pid": 812.0, "started": "2026-03-01T11:59:00Z", "name": "misc"}}, "inode": 7005.0,
		}}},
		{"state:time_wait", []object{{
			"id": "0000000000000006", "protocol": "tcp", "state": "TIME_WAIT", "local": object{"address": "127.0.0.1", "port": 3000.0},
			"remote": object{"address": "127.0.0.1", "port": 51222.0}, "dual_stack": false, "exposed": false, "reach": "loopback", "class": "registered",
			"service": "hbci", "no_owner_reason": "time_wait", "timer": object{"kind": "time_wait", "expires_ms": 41612.0},
		}}},
		{"9000", []object{{
			"id": "0000000000000008", "protocol": "tcp", "state": "LISTEN", "local": object{"address": "127.0.0.1", "port": 9000.0},
			"mapped": true, "v6only": false, "dual_stack": false, "exposed": false, "clients": 0.0, "reach": "loopback", "class": "registered", "service": "cslistener",
			"uid": 1000.0, "user": "ada", "owners": []any{object{"pid": 812.0, "started": "2026-03-01T11:59:00Z", "fd": 4.0, "name": "misc"}}, "inode": 7008.0,
		}}},
		{"8081", []object{{
			"id": "0000000000000009", "protocol": "tcp", "state": "LISTEN", "local": object{"address": "::", "port": 8081.0},
			"interface": "eth0", "v6only": true, "dual_stack": false, "exposed": true, "clients": 0.0, "reach": "network", "class": "registered",
			"uid": 1000.0, "user": "ada", "owners": []any{object{"pid": 812.0, "started": "2026-03-01T11:59:00Z", "fd": 5.0, "name": "misc"}}, "inode": 7009.0,
		}}},
	} {
		r := setting{}.run(t, append([]string{"list", "--json"}, strings.Fields(c.query)...)...)
		if diff := cmp.Diff(c.want, decode(t, r.out)); diff != "" || r.code != 0 {
			t.Errorf("list --json %s: exit %d\n%s", c.query, r.code, diff)
		}
	}
}

// The query is asked of every socket by itself.
func TestJSONUnfolds(t *testing.T) {
	for query, want := range map[string]int{"port:51234": 2, "lport:51234": 1, "name:chrome": 1, "": 8} {
		if all := decode(t, setting{}.run(t, "list", "--json", query).out); len(all) != want {
			t.Errorf("list --json %s: %d objects, want %d", query, len(all), want)
		}
	}
}

func TestJSONLines(t *testing.T) {
	r := setting{}.run(t, "list", "--json")
	all := strings.Split(r.out, "\n")
	if all[0] != "[" || all[len(all)-2] != "]" || all[len(all)-1] != "" {
		t.Errorf("the array has no lines of its own: %q", r.out)
	}
	for _, line := range all[1 : len(all)-2] {
		var o object
		if err := json.Unmarshal([]byte(strings.TrimSuffix(line, ",")), &o); err != nil {
			t.Errorf("not one object a line: %v: %s", err, line)
		}
	}
	pretty := setting{terminal: terminal{in: true, out: true, width: 40}}.run(t, "--json")
	if pretty.screen != nil || !strings.HasPrefix(pretty.out, "[\n  {\n    \"id\": ") {
		t.Errorf("not indented on a terminal:\n%s", pretty.out)
	}
	if diff := cmp.Diff(decode(t, r.out), decode(t, pretty.out)); diff != "" {
		t.Error(diff)
	}
}

// A command stays readable.
func TestJSONPlainSigns(t *testing.T) {
	if r := (setting{source: &fixedSource{snap: hostileShop("a && b > c <d>")}}).run(t, "list", "--json"); !strings.Contains(r.out, `"a && b > c <d>"`) {
		t.Error(r.out)
	}
}

// What is not known is absent.
func TestJSONAbsent(t *testing.T) {
	snap := shop()
	wild := sockets.Socket{ID: 9, Protocol: sockets.TCP, State: sockets.Listen, Local: addrPort("[::]:1"), V6: true, NoOwner: sockets.KernelOwned}
	nameless := sockets.Socket{ID: 10, Protocol: sockets.TCP, State: sockets.Listen, Local: addrPort("127.0.0.1:2"), HasUID: true, UID: 4242, Owners: []sockets.Owner{{PID: 1 << 20, FD: -1}}}
	snap.Sockets = []sockets.Socket{wild, nameless}
	want := []object{
		{
			"id": "0000000000000009", "protocol": "tcp", "state": "LISTEN", "local": object{"address": "::", "port": 1.0},
			"exposed": true, "clients": 0.0, "reach": "network", "class": "well-known", "service": "tcpmux", "no_owner_reason": "kernel",
		},
		{
			"id": "000000000000000a", "protocol": "tcp", "state": "LISTEN", "local": object{"address": "127.0.0.1", "port": 2.0},
			"dual_stack": false, "exposed": false, "clients": 0.0, "reach": "loopback", "class": "well-known", "service": "compressnet", "uid": 4242.0,
			"owners": []any{object{"pid": 1048576.0}},
		},
	}
	got := decode(t, setting{source: &fixedSource{snap: snap}}.run(t, "list", "--json").out)
	for _, o := range append(got, want...) {
		delete(o, "service") // the table of names is not the subject
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// JSON keeps the truth that the table shows escaped.
func TestJSONHostile(t *testing.T) {
	for _, text := range hostile() {
		r := setting{source: &fixedSource{snap: hostileShop(text)}}.run(t, "list", "--json", "state:listen", "lport:3000")
		owner := decode(t, r.out)[0]["owners"].([]any)[0].(object)
		if want := strings.ToValidUTF8(text, "\ufffd"); strings.ToValidUTF8(owner["name"].(string), "") != want && !strings.Contains(text, "\xff") {
			t.Errorf("name %q, want %q", owner["name"], want)
		}
	}
}
