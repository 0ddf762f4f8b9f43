package clientlock

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"path/filepath"

	"baton/oauthcore/files"
)

// registry is the lock registry: the file in which Batons note their lock
// directories, so that those of one that died can be told from those of other
// programs.
type registry struct {
	fsys files.FS
	path string
	dirs dirs
}

type registryFile struct {
	SchemaVersion int             `json:"schemaVersion"`
	Locks         map[string]mark `json:"locks"` // by path
}

// read gives the noted locks. A file that cannot be read notes none: its locks
// then count as other programs', and end by growing stale.
func (r registry) read() map[string]mark {
	doc, err := r.fsys.ReadFile(r.path)
	if err != nil {
		return nil
	}
	var f registryFile
	if json.Unmarshal(doc, &f) != nil {
		return nil
	}
	return f.Locks
}

// write replaces the notes. It need not survive a loss of power: by the time
// the machine is up again the locks have grown stale.
func (r registry) write(locks map[string]mark) error {
	doc, err := json.Marshal(registryFile{1, locks})
	if err != nil {
		return err
	}
	return files.WriteQuick(r.fsys, r.path, doc)
}

// clear removes every noted lock, and the notes. The caller holds the lock of
// the operating system, so all of them are dead.
func (r registry) clear(places []Place, step func(what, path string)) error {
	notes := r.read()
	var errs []error
	for path, m := range notes {
		step("clear", path)
		errs = append(errs, r.dirs.take(path, m))
	}
	for _, p := range places {
		step("sweep", p.Path)
		errs = append(errs, r.sweep(p.Path))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if len(notes) == 0 {
		return nil
	}
	if err := r.fsys.Remove(r.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (r registry) add(locks map[string]mark) error {
	all := maps.Clone(r.read())
	if all == nil {
		all = map[string]mark{}
	}
	maps.Copy(all, locks)
	return r.write(all)
}

// asidePrefix begins the names of directories beside a lock's place that are
// not in place yet, or no longer. It names the registry they belong to: two
// credentials folders can share the place of a lock (.claude.json), each with
// an operating system's lock of its own, and must not sweep each other's.
func (r registry) asidePrefix(path string) string {
	id := r.path
	if abs, err := filepath.Abs(id); err == nil {
		id = abs
	}
	if real, err := files.Target(r.fsys, id); err == nil {
		id = real // one folder has one name, whatever link leads to it
	}
	sum := sha256.Sum256([]byte(id))
	return path + ".baton-" + hex.EncodeToString(sum[:4]) + "-"
}

func (r registry) asideName(path string) string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // does not fail
	return r.asidePrefix(path) + hex.EncodeToString(b[:])
}

// CheckRegistry reports whether a lock registry's bytes can be read; an empty
// file notes nothing, as after a loss of power. Clear and Take pass over notes
// they cannot read.
func CheckRegistry(doc []byte) error {
	if len(bytes.TrimSpace(doc)) == 0 {
		return nil
	}
	var f registryFile
	return json.Unmarshal(doc, &f)
}
