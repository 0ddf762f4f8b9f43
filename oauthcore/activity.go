package oauthcore

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"

	"baton/oauthcore/files"
)

// Activity is one line of the log people can look at: what was swapped,
// refreshed or refused, when and why. It never holds a token.
type Activity struct {
	At   time.Time `json:"at"`
	Kind string    `json:"kind"` // "swapped", "refreshed", "refused", "added", "adopted", "repaired", "removed", "setAside", "limited", "active", "doubted"
	Key  string    `json:"key,omitempty"`
	From string    `json:"from,omitempty"`
	Text string    `json:"text,omitempty"`
}

// activityCap is the log's size in bytes from which its older half is dropped.
const activityCap = 256 << 10

// log appends to the activity log. The log is for people only, so trouble with
// it stops nothing.
func (c *Core) log(acts ...Activity) {
	if len(acts) == 0 {
		return
	}
	path := c.Paths.Activity()
	if err := c.appendActivity(path, acts); err != nil {
		c.Log.Warn("cannot write the activity log", "path", path, "error", err)
	}
}

func (c *Core) appendActivity(path string, acts []Activity) error {
	var lines bytes.Buffer
	for _, a := range acts {
		a.At = c.Now().UTC()
		b, err := json.Marshal(a)
		if err != nil {
			return err
		}
		lines.Write(append(b, '\n'))
	}
	if info, err := c.FS.Stat(path); err == nil && info.Size() > activityCap {
		old, err := c.FS.ReadFile(path)
		if err != nil {
			return err
		}
		half := old[len(old)/2:]
		if i := bytes.IndexByte(half, '\n'); i >= 0 {
			half = half[i+1:]
		}
		return files.WriteWhole(c.FS, path, append(half, lines.Bytes()...))
	}
	f, err := c.FS.Append(path)
	if err != nil {
		return err
	}
	_, err = f.Write(lines.Bytes())
	return errors.Join(err, f.Close())
}

// Activities gives the log, oldest first. Lines that do not parse are left out.
func (c *Core) Activities() ([]Activity, error) {
	doc, err := readOr(c.FS, c.Paths.Activity())
	if err != nil {
		return nil, err
	}
	return parseActivities(doc), nil
}

func parseActivities(doc []byte) (out []Activity) {
	for line := range bytes.Lines(doc) {
		var a Activity
		if json.Unmarshal(line, &a) == nil && a.Kind != "" {
			out = append(out, a)
		}
	}
	return out
}
