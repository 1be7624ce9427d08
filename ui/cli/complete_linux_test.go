package cli

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lotop/sockets/socketstest"
)

// noCompletion is what bash exits with where bash-completion is not installed.
const noCompletion = 3

// shells are the shells' own ways to complete a line without a terminal. Each
// script prints what would be offered for the words of its arguments.
var shells = map[string][]string{
	"bash": {"bash", "--norc", "-c", `
		source /usr/share/bash-completion/bash_completion || exit 3
		source <(lotop completion bash)
		COMP_LINE=$*; COMP_POINT=${#COMP_LINE}; COMP_TYPE=63
		COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
		__start_lotop
		printf '%s\n' "${COMPREPLY[@]}"`, "bash"},
	"fish": {"fish", "--no-config", "-c", `lotop completion fish | source; complete -C "$argv"`},
	"zsh": {"zsh", "-f", "-c", `
		zmodload zsh/zpty; zpty shell zsh -f -i
		zpty -w shell 'autoload -U compinit; compinit -u -D; source <(lotop completion zsh); PROMPT= ; setopt no_list_ambiguous; LISTMAX=10000; echo re""ady'
		zpty -r -m shell ignored '*ready*'
		zpty -n -w shell "$*"$'\t'
		zpty -r -m shell answer '*'$WANT'*'
		print -r -- "$answer"`, "zsh"},
}

// The scripts work in the shells that are here, and obey no process.
func TestCompleteInShells(t *testing.T) {
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(dir, "lotop")); err != nil {
		t.Fatal(err)
	}
	p, port := server(t, socketstest.Name("a$(>obeyed)`>ob`"))
	server(t, socketstest.Name("plain"))
	for name, shell := range shells {
		t.Run(name, func(t *testing.T) {
			socketstest.RequireTool(t, name)
			for _, c := range []struct{ command, begun, want string }{
				{"free", port[:2], port},
				{"why", port[:len(port)-1], port},
				{"list", "name:plai", "plain"},
				{"free", "", port},
			} {
				completeIn(t, dir, shell, c.want, "lotop", c.command, c.begun)
			}
			if made, _ := filepath.Glob(filepath.Join(dir, "ob*")); made != nil {
				t.Errorf("the shell has obeyed %s and made %s", named(p), made)
			}
		})
	}
}

// completeIn lets a shell complete the last of the words.
func completeIn(t *testing.T, dir string, shell []string, want string, words ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*socketstest.Timeout) // zsh waits for what is wanted
	defer cancel()
	cmd := exec.CommandContext(ctx, shell[0], append(slices.Clone(shell[1:]), words...)...)
	cmd.Dir = dir
	cmd.Env = append(socketstest.RoleEnviron(os.Environ(), lotopRole, ""), "PATH="+dir+":"+os.Getenv("PATH"), "HOME="+dir, "WANT="+want, "TERM=dumb")
	out, err := cmd.Output()
	if cmd.ProcessState.ExitCode() == noCompletion {
		socketstest.Missing(t, "bash-completion")
	}
	if err != nil || !strings.Contains(string(out), want) {
		t.Errorf("%q: %v, no %s in\n%s", words, err, want, out)
	}
}
