//go:build !linux && !darwin && !windows

package process

import (
	"errors"
	"testing"
)

func TestUnsupported(t *testing.T) {
	r := NewReader("")
	p := &Process{PID: 4411}
	_, look := r.Read(p.PID)
	_, refresh := r.Refresh(p)
	_, details := r.Details(p.PID)
	_, parents := r.Ancestors(p.PID)
	_, open := r.Open(p)
	for _, err := range []error{look, refresh, details, parents, open} {
		if !errors.Is(err, ErrUnsupported) {
			t.Error(err)
		}
	}
	out := r.Stop(t.Context(), []*Process{p}, StopOptions{})
	if len(out) != 1 || out[0].Result != Survived || !errors.Is(out[0].Err, ErrUnsupported) {
		t.Errorf("%+v", out)
	}
}
