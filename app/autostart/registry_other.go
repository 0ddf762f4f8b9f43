//go:build !windows

package autostart

func (e Entry) registered() (bool, error) { return false, ErrNowhere }

func (e Entry) register(bool) error { return ErrNowhere }
