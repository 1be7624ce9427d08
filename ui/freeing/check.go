package freeing

import (
	"context"

	"lotop/model"
)

// Check is Diagnose without connecting to anyone: a look at a row must not
// bother the server behind it.
func (f *Freer) Check(ctx context.Context, target model.Target) (model.Diagnosis, error) {
	d, _, err := f.check(ctx, target)
	return d, err
}
