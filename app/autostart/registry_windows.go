package autostart

import (
	"errors"

	"golang.org/x/sys/windows/registry"
)

// Windows keeps what starts with a session here, and next to it what the Task
// Manager switched off.
const (
	runKey      = `Software\Microsoft\Windows\CurrentVersion\Run`
	approvedKey = `Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run`
)

func (e Entry) registered() (bool, error) {
	k, err := registry.OpenKey(registry.CURRENT_USER, runKey, registry.QUERY_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { _ = k.Close() }() // only read
	if _, _, err = k.GetStringValue(e.ID); errors.Is(err, registry.ErrNotExist) {
		return false, nil
	}
	return err == nil && !e.disapproved(), err
}

// disapproved says whether the Task Manager switched it off: an odd first byte.
func (e Entry) disapproved() bool {
	k, err := registry.OpenKey(registry.CURRENT_USER, approvedKey, registry.QUERY_VALUE)
	if err != nil {
		return false
	}
	defer func() { _ = k.Close() }() // only read
	how, _, err := k.GetBinaryValue(e.ID)
	return err == nil && len(how) > 0 && how[0]&1 == 1
}

func (e Entry) register(on bool) error {
	k, _, err := registry.CreateKey(registry.CURRENT_USER, runKey, registry.SET_VALUE)
	if err != nil {
		return err
	}
	if on {
		err = k.SetStringValue(e.ID, commandLine(e.Args))
	} else if err = k.DeleteValue(e.ID); errors.Is(err, registry.ErrNotExist) {
		err = nil
	}
	err = errors.Join(err, k.Close())
	if err != nil || !on {
		return err
	}
	if k, err := registry.OpenKey(registry.CURRENT_USER, approvedKey, registry.SET_VALUE); err == nil {
		_ = k.DeleteValue(e.ID) // mostly there is none
		return k.Close()
	}
	return nil
}
