package process

import (
	"os"
	"path/filepath"
	"testing"
	layout "unsafe"

	"golang.org/x/sys/unix"
)

// The offsets are those of the structures that x/sys took from Apple's headers;
// an index out of range here does not compile.
var layoutOf unix.KinfoProc

var (
	_ = [1]int{}[kinfoLen-layout.Sizeof(layoutOf)]
	_ = [1]int{}[kinfoFlags-layout.Offsetof(layoutOf.Proc.P_flag)]
	_ = [1]int{}[kinfoState-layout.Offsetof(layoutOf.Proc.P_stat)]
	_ = [1]int{}[kinfoPID-layout.Offsetof(layoutOf.Proc.P_pid)]
	_ = [1]int{}[kinfoSigIgn-layout.Offsetof(layoutOf.Proc.P_sigignore)]
	_ = [1]int{}[kinfoName-layout.Offsetof(layoutOf.Proc.P_comm)]
	_ = [1]int{}[kinfoUID-layout.Offsetof(layoutOf.Eproc)-layout.Offsetof(layoutOf.Eproc.Ucred)-layout.Offsetof(layoutOf.Eproc.Ucred.Uid)]
	_ = [1]int{}[kinfoParent-layout.Offsetof(layoutOf.Eproc)-layout.Offsetof(layoutOf.Eproc.Ppid)]
)

func TestReadSelf(t *testing.T) {
	p, err := NewReader("").Read(unix.Getpid())
	if err != nil || p.PID != unix.Getpid() || p.Parent != unix.Getppid() || p.Start == 0 || len(p.Args) == 0 {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestDetailsOfSelf(t *testing.T) {
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	// The kernel tells of /private/var where a shell says /var.
	if folder, err = filepath.EvalSymlinks(folder); err != nil {
		t.Fatal(err)
	}
	d, err := NewReader("").Details(unix.Getpid())
	if err != nil || d.Cwd.String() != folder || d.Executable.String() == "" {
		t.Errorf("%+v, %v", d, err)
	}
}
