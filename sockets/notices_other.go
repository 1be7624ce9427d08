//go:build !linux

package sockets

type notices struct{ wake chan struct{} }

func (n *notices) open([]PortRange) error { return ErrUnsupported }

func (n *notices) drain(dst []Notice) (_ []Notice, lost int) { return dst, 0 }

func (n *notices) close() error { return nil }
