package program

import (
	"slices"
	"strings"

	"lotop/model/debugger"
	"lotop/sockets/process"
)

// keepers look after many programs, or are a user's session.
var keepers = []string{
	"init", "systemd", "launchd", "openrc-init", "runsvdir", "s6-svscan", "supervisord", "circusd", "monit",
	"dockerd", "containerd", "containerd-shim", "containerd-shim-runc-v2", "conmon", "podman", "crio", "lxc-start", "kubelet",
	"sshd", "sshd-session", "login", "su", "getty", "agetty", "cron", "crond", "atd", "tmux", "screen", "zellij", "mosh-server",
	"gnome-shell", "gnome-session-binary", "plasmashell", "kwin_wayland", "sway", "Xorg", "Xwayland",
	"gnome-terminal-server", "konsole", "xterm", "kitty", "alacritty", "foot", "wezterm-gui", "ghostty",
	"services", "svchost", "wininit", "winlogon", "explorer", "WindowsTerminal", "conhost", "csrss", "smss",
}

// keptShells are shells of any system. One in which commands are typed is kept.
var keptShells = []string{
	"sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "fish", "csh", "tcsh", "nu", "elvish", "xonsh",
	"pwsh", "pwsh", "powershell", "cmd",
}

// Keeps reports whether a process is never to be stopped because of one of its children:
// service managers, container engines, terminals, sessions and interactive
// shells would take much more with them. A process whose command line is unknown could
// be one of them.
func Keeps(p *process.Process) bool {
	if len(p.Args) == 0 || p.Args[0] == "" || strings.HasPrefix(p.Args[0], "-") {
		return true // a shell of a login has a minus before its name
	}
	// A title such as "sshd: ada [priv]" or "tmux: server" begins with the name.
	title, _, _ := strings.Cut(p.Args[0], ": ")
	for _, name := range []string{debugger.ProgramName(p), base(title), p.Name.Raw()} {
		if slices.Contains(keepers, strings.TrimSuffix(name, ".exe")) {
			return true
		}
	}
	if s, ok := debugger.ScriptOf(p); ok {
		name := withoutExt(base(s.Path))
		return slices.Contains(keepers, name) || slices.Contains(keptShells, name)
	}
	if strings.HasPrefix(p.Args[0], "PM2 v") {
		return true
	}
	if !slices.Contains(keptShells, strings.TrimSuffix(debugger.ProgramName(p), ".exe")) {
		return false
	}
	return !slices.ContainsFunc(p.Args[1:], runsCode)
}

// runsCode reports whether an argument makes a shell run code and end after it.
func runsCode(arg string) bool {
	switch strings.ToLower(arg) {
	case "-command", "-encodedcommand", "-file", "/c":
		return true
	}
	return len(arg) > 1 && arg[0] == '-' && arg[1] != '-' && strings.Contains(arg, "c")
}
