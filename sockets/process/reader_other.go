//go:build !linux && !darwin && !windows

package process

import "time"

func bootTime() time.Time { return time.Time{} }

func (r *Reader) read(int) (*Process, error) { return nil, ErrUnsupported }

func (r *Reader) refresh(*Process) (*Process, error) { return nil, ErrUnsupported }

func (r *Reader) details(int) (*Details, error) { return nil, ErrUnsupported }

func (r *Reader) stat(int) (stat, error) { return stat{}, ErrUnsupported }

func (r *Reader) status(int) (status, error) { return status{}, ErrUnsupported }
