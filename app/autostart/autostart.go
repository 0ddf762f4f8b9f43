package autostart

import (
	"errors"
	"os"
	"path/filepath"
)

// ErrNowhere is returned where a system has no place for it that is known here.
var ErrNowhere = errors.New("this system's place for programs that start at login is not known")

// Entry is one program that starts with the session.
type Entry struct {
	// ID names the entry's file, for example "app.baton.Baton".
	ID string
	// Name is what people see in lists of such entries.
	Name string
	// Args is the program, by its full path, and its arguments. Required.
	Args []string
	// GOOS is the system, as runtime.GOOS names it.
	GOOS string
	// Home is the person's home folder, ConfigHome $XDG_CONFIG_HOME; that one
	// may be empty.
	Home, ConfigHome string
}

// On says whether the session will start the program. An entry the person's
// desktop switched off is off. The error says why it cannot be told.
func (e Entry) On() (bool, error) {
	switch e.GOOS {
	case "windows":
		return e.registered()
	case "darwin":
		doc, err := readOr(e.path())
		return len(doc) > 0, err
	case "js", "ios", "android", "plan9":
		return false, ErrNowhere
	}
	doc, err := readOr(e.path())
	return len(doc) > 0 && !switchedOff(string(doc)), err
}

// Set writes the entry or takes it away. Doing so twice changes nothing more;
// one that names another file, as after a move of the program, is put right.
func (e Entry) Set(on bool) error {
	var doc string
	switch e.GOOS {
	case "windows":
		return e.register(on)
	case "js", "ios", "android", "plan9":
		return ErrNowhere
	case "darwin":
		doc = e.launchAgent()
	default:
		doc = e.desktopFile()
	}
	if !on {
		err := os.Remove(e.path())
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		return err
	}
	return writeWhole(e.path(), doc)
}

// path is the entry's file.
func (e Entry) path() string {
	if e.GOOS == "darwin" {
		return filepath.Join(e.Home, "Library", "LaunchAgents", e.ID+".plist")
	}
	dir := e.ConfigHome
	if !filepath.IsAbs(dir) { // a relative one is to be passed over, says the XDG specification
		dir = filepath.Join(e.Home, ".config")
	}
	return filepath.Join(dir, "autostart", e.ID+".desktop")
}

func readOr(path string) ([]byte, error) {
	doc, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return doc, err
}

// writeWhole replaces a file as one, and leaves one alone that is right.
func writeWhole(path, doc string) error {
	if have, err := os.ReadFile(path); err == nil && string(have) == doc {
		return nil
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".baton-*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(doc)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // what counts is the first error
	}
	return err
}
