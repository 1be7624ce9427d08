package program

import (
	"slices"
	"strconv"
	"strings"
)

// dockerForward reads docker-proxy's options, each of which has a value.
func dockerForward(args []string, l listener) (to string, kind ForwardKind) {
	protocol := "tcp"
	var hostIP, port, containerIP, containerPort string
	for name, value := range goFlags(args) {
		switch name {
		case "proto":
			protocol = value
		case "host-ip":
			hostIP = value
		case "host-port":
			port = value
		case "container-ip":
			containerIP = value
		case "container-port":
			containerPort = value
		}
	}
	if l.udp != (protocol == "udp") || !l.listensAt(hostIP, port) || containerIP == "" {
		return "", NoForward
	}
	return hostPort(containerIP, containerPort), DockerProxy
}

// goFlags yields the options of Go's package flag: -name=value, and -name value. A boolean
// one in the second form gets what follows, unless that is an option.
func goFlags(args []string) func(yield func(name, value string) bool) {
	return func(yield func(name, value string) bool) {
		for i := 0; i < len(args); i++ {
			if len(args[i]) < 2 || args[i][0] != '-' {
				continue
			}
			name, value, joined := strings.Cut(strings.TrimLeft(args[i], "-"), "=")
			if !joined && i+1 < len(args) && !strings.HasPrefix(args[i+1], "-") {
				i++
				value = args[i]
			}
			if !yield(name, value) {
				return
			}
		}
	}
}

// kubectlValued are kubectl's options, without dashes, whose value may be the next
// argument.
var kubectlValued = []string{
	"n", "namespace", "s", "server", "context", "cluster", "user", "kubeconfig", "token", "as", "as-group", "as-uid",
	"as-user-extra", "certificate-authority", "client-certificate", "client-key", "request-timeout", "tls-server-name",
	"cache-dir", "username", "password", "address", "pod-running-timeout", "v", "vmodule", "profile", "profile-output",
	"p", // of minikube
}

// kubectlForward reads kubectl port-forward TYPE/NAME [LOCAL:]REMOTE…, also behind another
// command, as in k3s kubectl port-forward.
func kubectlForward(args []string, l listener) (to string, kind ForwardKind) {
	var words []string
	ended := false
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case a == "--":
			ended = true
		case ended || len(a) < 2 || a[0] != '-':
			words = append(words, a)
		case slices.Contains(kubectlValued, strings.TrimLeft(a, "-")):
			i++
		}
	}
	if len(words) > 0 && words[0] == "kubectl" {
		words = words[1:]
	}
	if len(words) < 3 || words[0] != "port-forward" || l.udp {
		return "", NoForward
	}
	resource, random, randoms := words[1], "", 0
	for _, ports := range words[2:] {
		local, remote, both := strings.Cut(ports, ":")
		switch {
		case !both:
			remote = local
		case local == "" || local == "0":
			random, randoms = remote, randoms+1
			continue
		}
		if l.listensAt("", local) {
			return resource + ":" + remote, Kubectl
		}
	}
	// The system has chosen the port, so with one such forward it is this.
	if randoms != 1 {
		return "", NoForward
	}
	return resource + ":" + random, Kubectl
}

// pastaForward reads the -t and -u of pasta and passt. What they forward because of
// "auto", "all" or an exclusion goes to the same port in the namespace.
func pastaForward(args []string, l listener) (to string, kind ForwardKind) {
	letter, long := "-t", "--tcp-ports"
	if l.udp {
		letter, long = "-u", "--udp-ports"
	}
	for i := 0; i < len(args); i++ {
		specs, found := "", false
		switch a := args[i]; {
		case (a == letter || a == long) && i+1 < len(args):
			i++
			specs, found = args[i], true
		case strings.HasPrefix(a, long+"="):
			specs, found = a[len(long)+1:], true
		case strings.HasPrefix(a, letter):
			specs, found = a[len(letter):], true
		}
		if !found {
			continue
		}
		if port := pastaPort(specs, l); port != 0 {
			return "netns:" + strconv.Itoa(int(port)), UserNet
		}
	}
	return "", NoForward
}

// pastaPort returns the port inside for one of pasta's specifications:
// [ADDRESS[%INTERFACE]/]PORT[-PORT][:PORT[-PORT]],…; 0 if it has no such port.
func pastaPort(specs string, l listener) uint16 {
	if specs == "auto" || specs == "all" {
		return l.at.Port()
	}
	bind := ""
	if i := strings.LastIndexByte(specs, '/'); i >= 0 {
		bind, _, _ = strings.Cut(specs[:i], "%")
		specs = specs[i+1:]
	}
	excludes := false
	for spec := range strings.SplitSeq(specs, ",") {
		if strings.HasPrefix(spec, "~") {
			excludes = true
			continue
		}
		outside, inside, mapped := strings.Cut(spec, ":")
		first, last, ok := portRange(outside)
		port := l.at.Port()
		if !ok || port < first || port > last || !l.listensAt(bind, strconv.Itoa(int(port))) {
			continue
		}
		if !mapped {
			return port
		}
		if begin, _, ok := portRange(inside); ok {
			return begin + (port - first)
		}
	}
	if excludes && strings.Trim(specs, "~0123456789-,") == "" && !strings.Contains(","+specs, ",~"+strconv.Itoa(int(l.at.Port()))) {
		return l.at.Port()
	}
	return 0
}

func portRange(s string) (first, last uint16, ok bool) {
	begin, end, isRange := strings.Cut(s, "-")
	first, ok = portNumber(begin)
	last = first
	if ok && isRange {
		last, ok = portNumber(end)
	}
	return first, last, ok
}
