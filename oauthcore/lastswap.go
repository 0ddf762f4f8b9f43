package oauthcore

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"slices"

	"baton/oauthcore/files"
)

// tailSize is how much of the activity log's end is read in search of a swap:
// some hundred lines. A swap further back is nothing anybody would undo.
const tailSize = 32 << 10

// swapSeen is the newest swap in the activity log, and the log as it was then.
type swapSeen struct {
	info fs.FileInfo
	act  Activity // its Key is "" where the log holds no swap
	acts []Activity
}

// lastSwap is the newest swap from one account to another, by the activity
// log: who made it does not matter. ok is false where there is none, where
// active, the account live now, is not the one it went to, or where one of the
// two was removed. The log is looked at again only when it changed.
func (c *Core) lastSwap(v *Vault, active string) (Activity, bool) {
	there := func(key string) bool {
		a := v.Get(key)
		return a != nil && !a.Removed
	}
	act := c.logSeen().act
	return act, act.Key != "" && act.Key == active && there(act.Key) && there(act.From)
}

// logSeen is the end of the activity log, empty where there is none.
func (c *Core) logSeen() *swapSeen {
	info, err := c.FS.Stat(c.Paths.Activity())
	if err != nil {
		return &swapSeen{}
	}
	if seen := c.lastSwapSeen.Load(); seen != nil && unchanged(seen.info, info) {
		return seen
	}
	seen := &swapSeen{info: info}
	// Trouble with the log stops nothing; it is looked at again next time.
	if doc, err := tail(c.FS, c.Paths.Activity(), tailSize); err == nil {
		seen.act, seen.acts = newestSwap(doc), parseActivities(doc)
		c.lastSwapSeen.Store(seen)
	}
	return seen
}

// recentMost is how many activities a view holds.
const recentMost = 100

// recent are the newest activities, the newest first.
func (c *Core) recent() []Activity {
	acts := c.logSeen().acts
	acts = slices.Clone(acts[max(0, len(acts)-recentMost):])
	slices.Reverse(acts)
	return acts
}

// newestSwap looks through the end of a log, whose first line may be cut off.
func newestSwap(doc []byte) (newest Activity) {
	for line := range bytes.Lines(doc) {
		var a Activity
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
