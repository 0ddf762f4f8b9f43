package oauthcore

import (
	"bytes"
	"encoding/json"
	"errors"

	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/view"
)

// activityCap is the log's size in bytes from which its older half is dropped.
const activityCap = 256 << 10

// Note appends to the activity log. The log is for people only, so trouble with
// it stops nothing.
func (c *Core) Note(acts ...view.Activity) {
	if len(acts) == 0 {
		return
	}
	path := c.Paths.Activity()
	if err := c.appendActivity(path, acts); err != nil {
		c.Log.Warn("cannot write the activity log", "path", path, "error", err)
	}
}

func (c *Core) appendActivity(path string, acts []view.Activity) error {
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
func (c *Core) Activities() ([]view.Activity, error) {
	doc, err := claude.ReadOr(c.FS, c.Paths.Activity())
	if err != nil {
		return nil, err
	}
	return parseActivities(doc), nil
}

func parseActivities(doc []byte) (out []view.Activity) {
	for line := range bytes.Lines(doc) {
		var a view.Activity
		if json.Unmarshal(line, &a) == nil && a.Kind != "" {
			out = append(out, a)
		}
	}
	return out
}
