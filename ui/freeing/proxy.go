package freeing

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"lotop/sockets/process"
)

// dockerTimeout bounds a question to a container engine.
const dockerTimeout = time.Second

// proxied names the container that a docker-proxy forwards to: its command says
// the container's address, the engine whose that is.
func proxied(ctx context.Context, proxy *process.Process) string {
	at := slices.Index(proxy.Args, "-container-ip")
	if at < 0 || at+1 >= len(proxy.Args) {
		return ""
	}
	for _, socket := range []string{"/var/run/docker.sock", "/run/podman/podman.sock"} {
		if name := containerAt(ctx, socket, proxy.Args[at+1]); name != "" {
			return process.NewText(name).String()
		}
	}
	return ""
}

// containerAt asks the engine behind a unix socket which container has an
// address (GET /containers/json of the Docker Engine API, which Podman speaks
// as well).
func containerAt(ctx context.Context, socket, ip string) string {
	ctx, cancel := context.WithTimeout(ctx, dockerTimeout)
	defer cancel()
	client := http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socket)
		},
	}}
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://engine/containers/json", nil)
	if err != nil {
		return ""
	}
	resp, err := client.Do(req)
	if err != nil {
		return "" // no engine, or not for this user
	}
	defer resp.Body.Close()
	var all []struct {
		Names           []string
		NetworkSettings struct {
			Networks map[string]struct{ IPAddress string }
		}
	}
	if json.NewDecoder(resp.Body).Decode(&all) != nil {
		return ""
	}
	for _, c := range all {
		for _, n := range c.NetworkSettings.Networks {
			if n.IPAddress == ip && len(c.Names) > 0 {
				return strings.TrimPrefix(c.Names[0], "/")
			}
		}
	}
	return ""
}
