package oauthcore

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"slices"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/view"
)

// tailSize is how much of the activity log's end is read in search of a swap:
// some hundred lines. A swap further back is not offered to be undone.
const tailSize = 32 << 10

// logEnd is the end of the activity log, and the log as it was then.
type logEnd struct {
	info fs.FileInfo
	swap view.Activity // the newest swap; its Key is "" where there is none
	acts []view.Activity
}

// lastSwap is the newest swap from one account to another, by the activity
// log: who made it does not matter. ok is false where there is none, where
// active, the account live now, is not the one it went to, or where one of the
// two was removed. The log is looked at again only when it changed.
func (c *Core) lastSwap(v *accounts.Vault, active string) (view.Activity, bool) {
	there := func(key string) bool {
		a := v.Get(key)
		return a != nil && !a.Removed
	}
	act := c.readLogEnd().swap
	return act, act.Key != "" && act.Key == active && there(act.Key) && there(act.From)
}

// readLogEnd reads the end of the activity log, empty where there is none.
func (c *Core) readLogEnd() *logEnd {
	info, err := c.FS.Stat(c.Paths.Activity())
	if err != nil {
		return &logEnd{}
	}
	if seen := c.logSeen.Load(); seen != nil && claude.Unchanged(seen.info, info) {
		return seen
	}
	seen := &logEnd{info: info}
	// Trouble with the log stops nothing; it is looked at again next time.
	if doc, err := tail(c.FS, c.Paths.Activity(), tailSize); err == nil {
		seen.swap, seen.acts = newestSwap(doc), parseActivities(doc)
		c.logSeen.Store(seen)
	}
	return seen
}

// recentMost is how many activities a view holds.
const recentMost = 100

// recent are the newest activities, the newest first.
func (c *Core) recent() []view.Activity {
	acts := c.readLogEnd().acts
	acts = slices.Clone(acts[max(0, len(acts)-recentMost):])
	slices.Reverse(acts)
	return acts
}

// newestSwap looks through the end of a log, whose first line may be cut off.
func newestSwap(doc []byte) (newest view.Activity) {
	for line := range bytes.Lines(doc) {
		var a view.Activity
		if bytes.Contains(line, []byte(`"swapped"`)) && json.Unmarshal(line, &a) == nil &&
			a.Kind == "swapped" && a.From != "" && a.From != a.Key {
			newest = a
		}
	}
	return newest
}

// tail reads the last bytes of a file, most of them at the utmost.
func tail(fsys files.FS, path string, most int64) ([]byte, error) {
	f, err := fsys.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	if s, ok := f.(io.Seeker); ok {
		size, err := s.Seek(0, io.SeekEnd)
		if err != nil {
			return nil, err
		}
		if _, err := s.Seek(max(0, size-most), io.SeekStart); err != nil {
			return nil, err
		}
	}
	return io.ReadAll(f)
}
