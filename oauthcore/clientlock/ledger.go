package clientlock

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"

	"baton/oauthcore/files"
)

// ledger is the file in which Batons note their lock directories, so that
// those of one that died can be told from everybody else's.
type ledger struct {
	fsys files.FS
	path string
	dirs dirs
}

type ledgerFile struct {
	SchemaVersion int             `json:"schemaVersion"`
	Locks         map[string]mark `json:"locks"`
}

// read gives the notes. One that cannot be read notes nothing: its locks are
// then everybody else's, and end by growing stale.
func (l ledger) read() map[string]mark {
	doc, err := l.fsys.ReadFile(l.path)
	if err != nil {
		return nil
	}
	var f ledgerFile
	if json.Unmarshal(doc, &f) != nil {
		return nil
	}
	return f.Locks
}

// write replaces the notes. It need not survive a loss of power: by the time
// the machine is up again the locks have grown stale.
func (l ledger) write(locks map[string]mark) error {
	doc, err := json.Marshal(ledgerFile{1, locks})
	if err != nil {
		return err
	}
	return files.WriteQuick(l.fsys, l.path, doc)
}

// clear removes every lock a Baton is noted for, and the notes. The caller
// holds the lock of the operating system, so all of them are dead.
func (l ledger) clear(paths []string, step func(what, path string)) error {
	notes := l.read()
	var errs []error
	for path, m := range notes {
		step("clear", path)
		errs = append(errs, l.dirs.take(path, m))
	}
	for _, path := range paths {
		step("sweep", path)
		errs = append(errs, l.dirs.sweep(path))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if len(notes) == 0 {
		return nil
	}
	if err := l.fsys.Remove(l.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (l ledger) add(locks map[string]mark) error {
	all := maps.Clone(l.read())
	if all == nil {
		all = map[string]mark{}
	}
	maps.Copy(all, locks)
	return l.write(all)
}
