package program

import (
	"strings"

	"lotop/model/debugger"
)

// packageOf returns the name of the tool that a script in node_modules is: "vite" for
// /x/node_modules/.bin/vite and for /x/node_modules/vite/bin/vite.js; another path as it
// is.
func packageOf(path string) string {
	const modules = "node_modules/"
	i := strings.LastIndex(path, modules)
	if i < 0 || i > 0 && path[i-1] != '/' {
		return path
	}
	inside := path[i+len(modules):]
	if command, ok := strings.CutPrefix(inside, ".bin/"); ok {
		return command
	}
	pkg, file, found := strings.Cut(inside, "/")
	if strings.HasPrefix(pkg, "@") && found {
		var name string
		name, file, found = strings.Cut(file, "/")
		pkg += "/" + name
	}
	if !found {
		return withoutExt(inside)
	}
	// Commands are in bin by their own names; elsewhere a file has a name such as cli.js.
	if name := withoutExt(base(file)); strings.HasPrefix(file, "bin/") && name != "cli" && name != "index" && name != "bin" {
		return name
	}
	if scope, name, ok := strings.Cut(pkg, "/"); ok && scope != "" {
		return name
	}
	return pkg
}

// withoutExt drops the extension of a JavaScript file.
func withoutExt(file string) string {
	for _, ext := range [...]string{".js", ".mjs", ".cjs"} {
		if name, ok := strings.CutSuffix(file, ext); ok {
			return name
		}
	}
	return file
}

// scriptRunner returns "npm run dev" for a package manager that runs a script of a
// project, else nothing.
func scriptRunner(s *debugger.Script) string {
	if s.Interpreter == "bun" {
		// bun run dev and bun server.ts differ in that alone.
		if strings.ContainsAny(s.Path, "./") || !isWord(s.Path) || len(s.Options) == 0 || s.Options[0] != "run" {
			return ""
		}
		return "bun run " + s.Path
	}
	manager := packageManager(s.Path)
	if manager == "" {
		return ""
	}
	return runCommand(manager, s.Args)
}

// packageManager returns which package manager a script is, such as npm for
// /usr/lib/node_modules/npm/bin/npm-cli.js and yarn for .yarn/releases/yarn-4.1.0.cjs;
// empty if it is none.
func packageManager(path string) string {
	name := withoutExt(base(path))
	switch name {
	case "npm", "npm-cli":
		return "npm"
	case "npx", "npx-cli":
		return "npx"
	case "yarn", "yarnpkg":
		return "yarn"
	case "pnpm", "pnpx", "corepack":
		return name
	}
	if version, ok := strings.CutPrefix(name, "yarn-"); ok && strings.Trim(version, "0123456789.") == "" {
		return "yarn"
	}
	return ""
}

// runCommand returns a package manager with its command, and with the script that it
// runs. What follows is the script's own, and before an unknown option's value nothing is
// certain.
func runCommand(manager string, args []string) string {
	command, rest := nextWord(args)
	if command == "" {
		return manager
	}
	switch command {
	case "run", "run-script", "exec", "dlx", "x", "rushx":
		if script, _ := nextWord(rest); script != "" {
			return manager + " " + command + " " + script
		}
	}
	return manager + " " + command
}

// nextWord returns the first argument that is no option, and what follows it. It is empty
// if that could be the value of an option.
func nextWord(args []string) (word string, rest []string) {
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case !strings.HasPrefix(a, "-"):
			if !isWord(a) {
				return "", nil
			}
			return a, args[i+1:]
		case strings.Contains(a, "="):
		default:
			switch a {
			case "--prefix", "-C", "--cwd", "--dir", "--filter", "-F", "-w", "--workspace", "-p", "--package":
				i++
			case "-s", "--silent", "--if-present", "-r", "--recursive", "--parallel", "--stream", "-y", "--yes", "-ws", "--workspaces":
			default:
				return "", nil
			}
		}
	}
	return "", nil
}

// titledCommand returns the words of a package manager that has made its command its
// title, as npm does: "npm run dev" is one argument then. It is empty for others.
func titledCommand(args []string) string {
	manager, rest, ok := strings.Cut(args[0], " ")
	if !ok {
		return ""
	}
	switch manager {
	case "npm", "yarn", "pnpm", "npx":
		return runCommand(manager, strings.Fields(rest))
	}
	return ""
}

// titledScript returns the name of a script that pm2 has started: its title is
// "node /srv/server.js". It is empty for others.
func titledScript(args []string) string {
	const node = "node "
	script, ok := strings.CutPrefix(args[0], node)
	if !ok || !isWord(script) {
		return ""
	}
	return node + fileName(packageOf(script))
}
