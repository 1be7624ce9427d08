package freeing

import (
	"context"

	"lotop/model"
)

// DiagnoseNoConnect is Diagnose without connecting to anyone: a look at a row must not
// bother the server behind it.
func (f *Service) DiagnoseNoConnect(ctx context.Context, target model.Target) (model.Diagnosis, error) {
	d, _, err := f.diagnose(ctx, target)
	return d, err
}
