package clientlock

import "time"

// watch looks at locks of others from the first wait on, all of them at once,
// so that several stale ones do not add up.
type watch struct {
	seen map[string]sighting
	told bool
}

type sighting struct {
	mark  mark
	mtime time.Time
	// since is when it was first seen so. Go's time differences go by a clock
	// that stops while the computer sleeps, so a lock is not taken for standing
	// still because we were.
	since   time.Time
	present bool
}

func newWatch(paths []string) *watch {
	w := &watch{seen: map[string]sighting{}}
	for _, path := range paths {
		w.seen[path] = sighting{}
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
		m, mtime, err := look(path)
		if err != nil {
			w.seen[path] = sighting{}
			continue
		}
		if !was.present || was.mark != m || !was.mtime.Equal(mtime) {
			w.seen[path] = sighting{m, mtime, time.Now(), true}
		}
	}
}

// stale says whether nobody keeps the lock alive, and which one it is.
func (w *watch) stale(path string, now time.Time) (mark, bool) {
	s := w.seen[path]
	return s.mark, s.present && now.Sub(s.mtime) > staleAge && time.Since(s.since) >= stillFor
}
