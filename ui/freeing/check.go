package freeing

import (
	"context"

	"lotop/model/bind"
)

// DiagnoseNoConnect is Diagnose without connecting to anyone: a look at a row must not
// bother the server behind it.
func (f *Service) DiagnoseNoConnect(ctx context.Context, target bind.Target) (bind.Diagnosis, error) {
	d, _, err := f.diagnose(ctx, target)
	return d, err
}
