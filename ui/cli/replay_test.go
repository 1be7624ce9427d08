package cli

import (
	"path/filepath"
	"testing"

	"lotop/sockets/recording"
)

// The screen of a recording is given its notices, and no way to the live kernel.
func TestScreenOfARecording(t *testing.T) {
	both := terminal{in: true, out: true, width: 80}
	path := filepath.Join(t.TempDir(), "session")
	if r := (setting{}).run(t, "list", "--record", path); r.code != 0 {
		t.Fatalf("exit %d, %s", r.code, r.err)
	}
	r := setting{terminal: both}.run(t, "--replay", path)
	if r.code != 0 || r.screen == nil {
		t.Fatalf("exit %d, %s", r.code, r.err)
	}
	player, ok := r.screen.Source.(*recording.Player)
	if !ok || r.screen.Open != nil || r.screen.Notifications != player.Notifications() {
		t.Errorf("%+v", *r.screen)
	}
	if err := player.Close(); err != nil {
		t.Error(err)
	}
	if r := (setting{terminal: both}).run(t); r.screen == nil || r.screen.Open == nil {
		t.Errorf("the live screen: exit %d, %s", r.code, r.err)
	}
}
