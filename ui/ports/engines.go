package ports

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lotop/model/bind"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// engineTimeout bounds a question to a container engine.
const engineTimeout = time.Second

// Engine is a container engine that can be asked which container it forwards a port to.
type Engine struct {
	Name   string // as its command is called: docker or podman
	Socket string // where it speaks the Docker Engine API
}

// defaultEngines are those of this machine and of this user.
func defaultEngines() []Engine {
	all := []Engine{{"docker", "/var/run/docker.sock"}, {"podman", "/run/podman/podman.sock"}}
	if home := os.Getenv("HOME"); home != "" { // Docker Desktop of macOS
		all = append(all, Engine{"docker", filepath.Join(home, ".docker/run/docker.sock")})
	}
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
		all = append(all, Engine{"docker", filepath.Join(dir, "docker.sock")}, Engine{"podman", filepath.Join(dir, "podman/podman.sock")})
	}
	return all
}

// publishedContainer finds out for which container a process forwards the target's port.
func (f *Service) publishedContainer(ctx context.Context, p *process.Process, t bind.Target) (bind.Container, bool) {
	name := bind.ForwarderEngine(p)
	if name == "" {
		return bind.Container{}, false
	}
	ip := ""
	if at := slices.Index(p.Args, "-container-ip"); at >= 0 && at+1 < len(p.Args) {
		ip = p.Args[at+1]
	}
	all := f.Engines
	if all == nil {
		all = defaultEngines()
	}
	for _, e := range all {
		if e.Name != name {
			continue
		}
		for _, c := range listContainers(ctx, e.Socket) {
			if len(c.Names) > 0 && c.publishes(t, ip) && untrusted.IsShellWord(c.name()) {
				return bind.Container{Engine: e.Name, Name: c.name()}, true
			}
		}
	}
	return bind.Container{}, false
}

// container is what an engine reports of one (GET /containers/json of the Docker
// Engine API, which Podman speaks as well).
type container struct {
	Names []string
	Ports []struct {
		PublicPort uint16
		Type       string
	}
	NetworkSettings struct {
		Networks map[string]struct{ IPAddress string }
	}
}

func (c *container) name() string { return strings.TrimPrefix(c.Names[0], "/") }

// publishes reports whether a port of this machine leads into the container. An
// address is as good: that of the container is part of docker-proxy's command.
func (c *container) publishes(t bind.Target, ip string) bool {
	for _, p := range c.Ports {
		if p.PublicPort == t.Port && p.Type == t.Protocol.String() {
			return true
		}
	}
	for _, n := range c.NetworkSettings.Networks {
		if ip != "" && n.IPAddress == ip {
			return true
		}
	}
	return false
}

// listContainers asks the engine behind a unix socket. There may be none, or not
// for this user: then there is nothing to report.
func listContainers(ctx context.Context, socket string) []container {
	ctx, cancel := context.WithTimeout(ctx, engineTimeout)
	defer cancel()
	client := http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socket)
		},
	}}
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://engine/containers/json", nil)
	if err != nil {
		return nil
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil
	}
	defer resp.Body.Close()
	var all []container
	if json.NewDecoder(resp.Body).Decode(&all) != nil {
		return nil
	}
	return all
}
