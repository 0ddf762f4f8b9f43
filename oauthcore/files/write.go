package files

import (
	"errors"
	"io/fs"
	"path/filepath"
)

// WriteWhole replaces path by data at once: Stage, then Commit, mode 0600. A
// failure is tried once more at once, from the start with a new temp file.
// After an error path holds all of the old bytes or all of the new ones.
func WriteWhole(fsys FS, path string, data []byte) error {
	return once(func() error {
		s, err := Stage(fsys, path, data, 0)
		if err != nil {
			return err
		}
		return s.Commit()
	})
}

// makeDirs makes a folder and those above it that are missing, durable: an
// fsynced file is lost with the power if the folder it lies in is.
func makeDirs(fsys FS, dir string) error {
	var missing []string
	for at := filepath.Clean(dir); ; at = filepath.Dir(at) {
		if _, err := fsys.Stat(at); !errors.Is(err, fs.ErrNotExist) || filepath.Dir(at) == at {
			break
		}
		missing = append(missing, at)
	}
	if err := fsys.MkdirAll(dir); err != nil {
		return err
	}
	for _, made := range missing {
		if err := fsys.SyncDir(filepath.Dir(made)); err != nil {
			return err
		}
	}
	return nil
}

// WriteQuick replaces path as a whole, mode 0600, without waiting for the disk:
// for what may be lost with the power but must never be seen half-written.
func WriteQuick(fsys FS, path string, data []byte) error {
	if err := fsys.MkdirAll(filepath.Dir(path)); err != nil {
		return err
	}
	f, err := fsys.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+tempMark+"*.tmp")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err == nil {
		err = once(func() error { return fsys.Rename(f.Name(), path) })
	}
	if err != nil {
		return errors.Join(err, fsys.Remove(f.Name()))
	}
	return nil
}
