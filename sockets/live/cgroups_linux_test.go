package live

import "testing"

func TestCgroupMount(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"unified": {"24 30 0:22 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n", "/sys/fs/cgroup"},
		"hybrid": {"32 31 0:28 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd\n" +
			"33 31 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n", "/sys/fs/cgroup/unified"},
		"no optional fields":   {"33 31 0:29 / /cg rw - cgroup2 none rw\n", "/cg"},
		"many optional fields": {"33 31 0:29 / /cg rw shared:1 master:2 unbindable - cgroup2 none rw", "/cg"},
		"the name in a path":   {"33 31 0:29 / /cgroup2 rw - tmpfs cgroup2 rw\n", ""},
		"a space in the path":  {`33 31 0:29 / /my\040cg rw - cgroup2 none rw` + "\n", "/my cg"},
		"cut off":              {"33 31 0:29 - cgroup2 none rw\n", ""},
		"nothing":              {"", ""},
	} {
		if got := cgroupMount(tt.text); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
