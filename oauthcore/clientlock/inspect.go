package clientlock

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"time"
)

// Abandoned is a lock that was watched standing still: by the rule that Take
// goes by, too, no program keeps it alive.
type Abandoned struct {
	Path string
	// Since is its last sign of life.
	Since time.Time
	mark  mark
}

// Abandoned watches locks and lists those that no program keeps alive, in the
// order of places. It changes nothing and needs no lock; it takes no time unless
// one of them is old enough, and some six seconds then. watching is called
// before these begin. The error is ctx's.
func (k *Keeper) Abandoned(ctx context.Context, watching func(), places ...Place) ([]Abandoned, error) {
	w := newWatch(k.registry.dirs, places)
	w.look()
	start := time.Now()
	// One that moves after that is alive, and is not watched a second time.
	suspect := func(p Place) bool {
		s := w.seen[p.Path]
		return s.present && s.old(p, k.now()) && !s.since.After(start)
	}
	for time.Since(start) < stillFor && slices.ContainsFunc(places, suspect) {
		w.tell(watching)
		select {
		case <-time.After(pollEvery):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		w.look()
	}
	var out []Abandoned
	for _, p := range places {
		if m, ok := w.stale(p, k.now()); ok {
			out = append(out, Abandoned{p.Path, w.seen[p.Path].mtime, m})
		}
	}
	return out, nil
}

// Break takes an abandoned lock away, unless it shows a sign of life since it
// was watched, or another program has it open: then it is left alone, which is
// no error. The caller must hold the operating system's lock.
func (k *Keeper) Break(a Abandoned) error {
	now, mtime, err := k.registry.dirs.look(a.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !a.mark.is(now) || !mtime.Equal(a.Since):
		return nil
	}
	k.log.Info("removing a lock no program keeps alive", "path", a.Path)
	_, err = k.registry.dirs.breakStale(a.Path, k.registry.asideName(a.Path), a.mark)
	return err
}

// Left lists what Clear would remove: locks noted in the registry, and
// directories of this registry beside places. It changes nothing. They are a
// dead Baton's only if no Baton has the operating system's lock.
func (k *Keeper) Left(places ...Place) []string {
	var out []string
	notes := k.registry.read()
	for _, p := range places {
		if m, noted := notes[p.Path]; noted {
			if now, _, err := k.registry.dirs.look(p.Path); err == nil && m.is(now) {
				out = append(out, p.Path)
			}
		}
		left, err := k.registry.asides(p.Path)
		if err != nil {
			continue // a folder that cannot be listed cannot be swept either
		}
		out = append(out, left...)
	}
	return out
}
