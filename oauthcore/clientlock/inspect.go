package clientlock

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Abandoned is a lock that was watched standing still: by the rule Take goes
// by, too, nobody keeps it alive.
type Abandoned struct {
	Path string
	// Since is its last sign of life.
	Since time.Time
	mark  mark
}

// Abandoned watches locks and lists those nobody keeps alive, in the order of
// paths. It changes nothing and needs no lock; it takes no time unless one of
// them is old enough, and some six seconds then. watching is called before
// these begin. The error is ctx's.
func (k *Keeper) Abandoned(ctx context.Context, watching func(), paths ...string) ([]Abandoned, error) {
	w := newWatch(paths)
	w.look()
	start := time.Now()
	// One that moves after that is alive, and is not watched a second time.
	suspect := func(s sighting) bool { return k.now().Sub(s.mtime) > staleAge && !s.since.After(start) }
	for time.Since(start) < stillFor && w.any(suspect) {
		w.tell(watching)
		select {
		case <-time.After(pollEvery):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		w.look()
	}
	var out []Abandoned
	for _, path := range paths {
		if m, ok := w.stale(path, k.now()); ok {
			out = append(out, Abandoned{path, w.seen[path].mtime, m})
		}
	}
	return out, nil
}

// any says whether a lock that is there is such a one.
func (w *watch) any(such func(sighting) bool) bool {
	for _, s := range w.seen {
		if s.present && such(s) {
			return true
		}
	}
	return false
}

// Break takes an abandoned lock away, unless it shows a sign of life since it
// was watched, or somebody has it open: then it is left alone, which is no
// error. The holder of the
// Keeper must have the operating system's lock.
func (k *Keeper) Break(a Abandoned) error {
	now, mtime, err := look(a.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case now != a.mark || !mtime.Equal(a.Since):
		return nil
	}
	k.log.Info("removing a lock nobody keeps alive", "path", a.Path)
	_, err = k.ledger.dirs.breakStale(a.Path, a.mark)
	return err
}

// Left lists what Clear would remove: locks a Baton is noted for, and prepared
// directories beside the places of paths. It changes nothing. They are a dead
// Baton's only where no Baton has the operating system's lock.
func (k *Keeper) Left(paths ...string) []string {
	var out []string
	notes := k.ledger.read()
	for _, path := range paths {
		if m, noted := notes[path]; noted {
			if now, _, err := look(path); err == nil && now == m {
				out = append(out, path)
			}
		}
		entries, err := os.ReadDir(filepath.Dir(path))
		if err != nil {
			continue // what cannot be listed cannot be swept either
		}
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), filepath.Base(path)+asideInfix) && e.IsDir() {
				out = append(out, filepath.Join(filepath.Dir(path), e.Name()))
			}
		}
	}
	return out
}

// CheckLedger says whether a ledger's bytes can be read; none note nothing, as
// after a loss of power. Clear and Take pass over notes they cannot read.
func CheckLedger(doc []byte) error {
	if len(bytes.TrimSpace(doc)) == 0 {
		return nil
	}
	var f ledgerFile
	return json.Unmarshal(doc, &f)
}
