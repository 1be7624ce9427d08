package cli

import (
	"runtime/debug"
	"strings"
)

// The linker sets these in a release, with -X. Other builds have the values that
// the go command recorded.
var buildVersion, buildCommit, buildDate string

// build describes the sources of the binary.
type build struct {
	version  string // "(devel)" if not known
	commit   string // empty if not known
	date     string // of the commit, RFC 3339 in UTC; empty if not known
	modified bool   // the sources differed from the commit
}

// thisBuild returns the build of this binary.
func thisBuild() build {
	info, _ := debug.ReadBuildInfo() // nil without module support
	return newBuild(info, build{version: buildVersion, commit: buildCommit, date: buildDate})
}

// newBuild returns the values that the linker set, and for the rest those that the
// go command recorded.
func newBuild(info *debug.BuildInfo, linked build) build {
	noted := build{version: "(devel)"}
	if info != nil {
		if info.Main.Version != "" {
			noted.version = info.Main.Version
		}
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				noted.commit = s.Value
			case "vcs.time":
				noted.date = s.Value
			case "vcs.modified":
				noted.modified = s.Value == "true"
			}
		}
	}
	if linked.version != "" {
		noted.version = linked.version
	}
	if linked.commit != "" {
		noted.commit = linked.commit
	}
	if linked.date != "" {
		noted.date = linked.date
	}
	return noted
}

// String returns the text of lotop --version: "0.3.0 (commit d54418a3c1f0, 2026-11-21T03:45:54Z)".
func (b build) String() string {
	const enough = 12 // digits to identify a commit
	var about []string
	if b.commit != "" {
		commit := "commit " + b.commit[:min(len(b.commit), enough)]
		if b.modified {
			commit += ", modified"
		}
		about = append(about, commit)
	}
	if b.date != "" {
		about = append(about, b.date)
	}
	if about == nil {
		return b.version
	}
	return b.version + " (" + strings.Join(about, ", ") + ")"
}
