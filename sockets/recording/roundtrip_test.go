package recording

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// TestRoundTrip plays back what was recorded, whatever it was.
func TestRoundTrip(t *testing.T) {
	for seed := range uint64(40) {
		v := newGenerator(seed)
		all := make([]sockets.Snapshot, 30)
		notices := map[int][]sockets.DestroyNotification{}
		for i := range all {
			all[i] = v.next()
			if v.chance(3) {
				notices[i] = []sockets.DestroyNotification{v.notification(all[i].Time), v.notification(all[i].Time.Add(time.Millisecond))}
			}
		}
		p := mustOpen(t, record(t, Options{}, all, notices).Bytes())
		played := readAll(t, p)
		if len(played) != len(all) && (len(played) != len(all)+1 || notices[len(all)-1] == nil) {
			t.Fatalf("seed %d: %d of %d", seed, len(played), len(all))
		}
		for i, m := range played {
			if i < len(all) {
				if diff := cmp.Diff(&all[i], m.Snapshot, compareOptions); diff != "" {
					t.Fatalf("seed %d, snapshot %d: %s", seed, i, diff)
				}
				if m.Snapshot.Source != "recording of "+all[0].Time.Local().Format(time.DateTime) {
					t.Fatal(m.Snapshot.Source)
				}
			}
			want, lost := notices[i-1], 0
			if want != nil {
				lost = i - 1
			}
			if diff := cmp.Diff(want, m.Notifications, compareOptions); diff != "" || m.Dropped != lost {
				t.Fatalf("seed %d, notices before %d: lost %d, %s", seed, i, m.Dropped, diff)
			}
		}
		if p.Damage() != "" || p.Redacted() {
			t.Fatal(p.Damage())
		}
	}
}

// TestAllFieldsRecorded fails when a field is added that is not recorded. Who
// adds one, writes it down as well, and lets fixture_test.go make it up.
func TestAllFieldsRecorded(t *testing.T) {
	for _, c := range []struct {
		of   any
		want int
	}{
		{sockets.Snapshot{}, 9},
		{sockets.Socket{}, 20},
		{sockets.Owner{}, 2},
		{sockets.Warning{}, 3},
		{sockets.DestroyNotification{}, 3},
		{sockets.TCPInfo{}, 4},
		{process.Process{}, 12},
		{process.Cgroup{}, 5},
	} {
		fields := 0
		for _, f := range reflect.VisibleFields(reflect.TypeOf(c.of)) {
			// What a socket's own table shows of it beside the columns goes into
			// Cgroup and the options, which are asked for anew.
			switch f.Name {
			case "ReuseAddr", "ReusePort", "CgroupID":
				continue
			}
			if f.IsExported() {
				fields++
			}
		}
		if fields != c.want {
			t.Errorf("%T has %d fields, %d are recorded", c.of, fields, c.want)
		}
	}
}

// TestNumbersStable holds the numbers that stand in recordings.
func TestNumbersStable(t *testing.T) {
	got := [][]int{
		{int(sockets.TCP), int(sockets.UDP)},
		{int(sockets.Established), int(sockets.Listen), int(sockets.Closing), int(sockets.Bound), int(sockets.Unconn)},
		{int(sockets.Unknown), int(sockets.No), int(sockets.Yes)},
		{int(sockets.NoReason), int(sockets.OtherUser), int(sockets.NotAccepted), int(sockets.InTimeWait), int(sockets.Orphaned)},
		{int(sockets.KernelOwned), int(sockets.OtherNamespace), int(sockets.Unreadable), int(sockets.NotLookedUp)},
		{int(sockets.NoTimer), int(sockets.RetransTimer), int(sockets.KeepTimer), int(sockets.TimeWaitTimer), int(sockets.ProbeTimer)},
		{int(sockets.OwnersHidden), int(sockets.OwnersUnreadable), int(sockets.FallbackSource), int(sockets.TableIncomplete), int(sockets.RecordingFailed)},
	}
	want := [][]int{{6, 17}, {1, 10, 11, 13, 14}, {0, 1, 2}, {0, 1, 2, 3, 4}, {5, 6, 7, 8}, {0, 1, 2, 3, 4}, {1, 2, 3, 4, 5}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error("recordings of before would be misread: ", diff)
	}
}

// TestShared holds that what is the same stays shared, so that a recording
// takes no more memory than the machine did.
func TestShared(t *testing.T) {
	cgroup := process.ParseCgroup("/system.slice/shop.service")
	again := cgroup
	s := sockets.Snapshot{Time: noon, Processes: map[int32]*process.Process{7: {PID: 7, Args: []string{"a"}}}}
	s.Sockets = []sockets.Socket{{ID: 1, Cgroup: &cgroup, Owners: []sockets.Owner{{PID: 7, FD: 3}}}, {ID: 2, Cgroup: &again}}
	next := s
	next.Time = noon.Add(time.Second)
	next.Sockets = append([]sockets.Socket{{ID: 3}}, s.Sockets...)
	played := readAll(t, mustOpen(t, record(t, Options{}, []sockets.Snapshot{s, next}, nil).Bytes()))
	one, two := played[0].Snapshot, played[1].Snapshot
	if one.Sockets[0].Cgroup != one.Sockets[1].Cgroup || two.Sockets[1].Cgroup != one.Sockets[0].Cgroup {
		t.Error("cgroups are copied")
	}
	if &one.Sockets[0].Owners[0] != &two.Sockets[1].Owners[0] {
		t.Error("owners are copied")
	}
	if one.Process(7) == nil || one.Process(7) != two.Process(7) {
		t.Error("processes are copied")
	}
}

// TestSmall holds that what does not change costs next to nothing.
func TestSmall(t *testing.T) {
	s := generate(1, 40)[39]
	for i := range s.Sockets {
		s.Sockets[i].Timer = sockets.NoTimer
	}
	all := make([]sockets.Snapshot, 200)
	for i := range all {
		all[i] = s
		all[i].Time = noon.Add(time.Duration(i) * time.Second)
	}
	one := record(t, Options{}, all[:1], nil).Len()
	if each := (record(t, Options{}, all, nil).Len() - one) / 199; each > 40 {
		t.Errorf("%d bytes for a snapshot without news", each)
	}
}

func (v *generator) process(pid int32) *process.Process {
	p := &process.Process{
		PID: int(pid), Parent: v.IntN(9), Tracee: v.IntN(3), Start: v.number(), State: "RSDZ\x00"[v.IntN(5)], UID: uint32(v.number()),
		Name: v.text(), Command: v.text(), Account: v.text(),
	}
	if v.chance(2) {
		p.Started = noon.Add(-time.Duration(v.Uint32()))
	}
	for range v.IntN(4) {
		p.Args = append(p.Args, v.text().Raw())
	}
	if v.chance(2) {
		p.Command = untrusted.New(strings.Join(p.Args, " "))
	}
	if c := v.cgroups[v.IntN(len(v.cgroups))]; c != nil {
		p.Cgroup = *c
	}
	return p
}
