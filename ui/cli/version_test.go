package cli

import (
	"runtime/debug"
	"testing"
)

func TestVersion(t *testing.T) {
	noted := func(version, modified string) *debug.BuildInfo {
		return &debug.BuildInfo{
			Main: debug.Module{Path: "lotop", Version: version},
			Settings: []debug.BuildSetting{
				{Key: "vcs.revision", Value: "d54418a3c1f0aa55"},
				{Key: "vcs.time", Value: "2026-11-21T03:45:54Z"},
				{Key: "vcs.modified", Value: modified},
			},
		}
	}
	release := build{version: "0.3.0", commit: "0123456789abcdef", date: "2026-12-01T00:00:00Z"}
	for _, c := range []struct {
		info   *debug.BuildInfo
		linked build
		want   string
	}{
		{nil, build{}, "(devel)"},
		{&debug.BuildInfo{}, build{}, "(devel)"},
		{&debug.BuildInfo{Main: debug.Module{Version: "v0.3.0"}}, build{}, "v0.3.0"},
		{noted("(devel)", "false"), build{}, "(devel) (commit d54418a3c1f0, 2026-11-21T03:45:54Z)"},
		{noted("v0.3.0", "true"), build{}, "v0.3.0 (commit d54418a3c1f0, modified, 2026-11-21T03:45:54Z)"},
		{nil, release, "0.3.0 (commit 0123456789ab, 2026-12-01T00:00:00Z)"},
		{noted("v0.2.0", "false"), release, "0.3.0 (commit 0123456789ab, 2026-12-01T00:00:00Z)"},
		{noted("v0.2.0", "false"), build{version: "0.3.0"}, "0.3.0 (commit d54418a3c1f0, 2026-11-21T03:45:54Z)"},
		{nil, build{version: "0.3.0", commit: "0123"}, "0.3.0 (commit 0123)"},
		{nil, build{version: "0.3.0", date: "2026-12-01T00:00:00Z"}, "0.3.0 (2026-12-01T00:00:00Z)"},
	} {
		if got := newBuild(c.info, c.linked).String(); got != c.want {
			t.Errorf("%+v\n got %s\nwant %s", c, got, c.want)
		}
	}
}
