package clientlock

import "time"

// watch looks at locks of others from the first wait on, all of them at once,
// so that several stale ones do not add up.
type watch struct {
	dirs dirs
	seen map[string]sighting
	told bool
}

type sighting struct {
	mark  mark
	mtime time.Time
	// since is when it was first seen so. Go's time differences go by a clock
	// that stops while the computer sleeps, so a lock is not taken for standing
	// still because this process was.
	since   time.Time
	present bool
}

func newWatch(d dirs, places []Place) *watch {
	w := &watch{dirs: d, seen: map[string]sighting{}}
	for _, p := range places {
		w.seen[p.Path] = sighting{}
	}
	return w
}

func (w *watch) tell(waiting func()) {
	if !w.told && waiting != nil {
		w.told = true
		waiting()
	}
}

// look notes what changed since the last look.
func (w *watch) look() {
	for path, was := range w.seen {
		m, mtime, err := w.dirs.lookTwice(path)
		if err != nil {
			w.seen[path] = sighting{}
			continue
		}
		if !was.present || !was.mark.is(m) || !was.mtime.Equal(mtime) {
			w.seen[path] = sighting{m, mtime, time.Now(), true}
		}
	}
}

// stale reports whether no program keeps the lock alive, and which one it is.
func (w *watch) stale(p Place, now time.Time) (mark, bool) {
	s := w.seen[p.Path]
	return s.mark, s.present && s.old(p, now) && time.Since(s.since) >= stillFor
}

// old reports whether the last sign of life is longer ago than the client
// itself allows.
func (s sighting) old(p Place, now time.Time) bool { return now.Sub(s.mtime) > p.Stale }
