//go:build !js

package local

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/fsnotify/fsnotify"
)

// eyes watches the folders in which files we show may change. It belongs to
// one goroutine.
type eyes struct {
	w       *fsnotify.Watcher
	files   []string // paths that matter
	folders []string // folders of which every file matters
	// spots are the names that matter, by the real folder they are in.
	spots map[string]map[string]bool
	// whole are the real folders of which every file matters.
	whole map[string]bool
	// seen are the folders watched, and which ones they were then: another
	// folder may have taken a name since.
	seen map[string]fs.FileInfo
	// blind says that a folder that is there could not be watched.
	blind bool
}

// openEyes starts watching. The error is the system's, for instance that there
// are no watches left.
func openEyes(files, folders []string) (*eyes, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	e := &eyes{w: w, files: files, folders: folders, seen: map[string]fs.FileInfo{}}
	e.refocus()
	return e, nil
}

// refocus brings the watched folders in line with what lies on the disk now:
// folders that appeared, went, or were replaced, and links that lead elsewhere.
func (e *eyes) refocus() {
	// A folder may appear between looking for it and watching the one it is in:
	// look again until there is nothing new.
	const tries = 5
	for range tries {
		e.find()
		if !e.follow() {
			return
		}
	}
}

// find works out what to look at.
func (e *eyes) find() {
	e.spots, e.whole = map[string]map[string]bool{}, map[string]bool{}
	for _, path := range append(append([]string(nil), e.files...), e.folders...) {
		for _, s := range trail(path) {
			if e.spots[s.dir] == nil {
				e.spots[s.dir] = map[string]bool{}
			}
			e.spots[s.dir][s.name] = true
		}
	}
	for _, path := range e.folders {
		real, err := filepath.EvalSymlinks(path)
		if err != nil {
			continue // it is not there yet
		}
		e.whole[real] = true
		if e.spots[real] == nil {
			e.spots[real] = map[string]bool{}
		}
	}
}

// follow watches what was found, and says whether that is anything new.
func (e *eyes) follow() (news bool) {
	for dir := range e.seen {
		if e.spots[dir] == nil {
			_ = e.w.Remove(dir) // it may be gone, which ended it already
			delete(e.seen, dir)
		}
	}
	e.blind = false
	for dir := range e.spots {
		info, err := os.Stat(dir)
		if err != nil {
			continue
		}
		if was := e.seen[dir]; was != nil && os.SameFile(was, info) {
			continue
		}
		_ = e.w.Remove(dir) // the folder that had the name before
		switch err := e.w.Add(dir); {
		case err == nil:
			e.seen[dir] = info
			news = true
		case !errors.Is(err, fs.ErrNotExist):
			e.blind = true
		}
	}
	return news
}

// matters says whether an event is about something that is shown.
func (e *eyes) matters(ev fsnotify.Event) bool {
	if e.seen[ev.Name] != nil && ev.Op&(fsnotify.Create|fsnotify.Remove|fsnotify.Rename) != 0 {
		delete(e.seen, ev.Name) // the folder itself went or came: watch it anew
		return true
	}
	dir, name := filepath.Split(ev.Name)
	dir = filepath.Clean(dir)
	return e.spots[dir][name] || e.whole[dir] && filepath.Ext(name) == ".json"
}

// close ends the watching.
func (e *eyes) close() { _ = e.w.Close() } // nothing is read from it any more
