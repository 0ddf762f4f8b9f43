package oauthcore

import (
	"path/filepath"
	"slices"
	"time"

	"baton/oauthcore/files"
)

// A write that was cut off leaves its temp file, with tokens in it. Each is
// removed by the holder of the lock it is written under, so that no Baton can
// still be writing it. What it held is in the journal, or was never needed.

// LeftoverAge is how old a temp file must be that is written under no lock,
// before it is taken for one that a Baton which died left: they live for
// milliseconds.
const LeftoverAge = time.Minute

// removeGuarded removes what was left of files written under the client's lock,
// and old ones of files that are written under none.
func (c *Core) removeGuarded() {
	for _, path := range []string{c.Paths.Credentials(), c.Paths.ClaudeJSON, c.Paths.OldConfig(), c.Paths.LockRegistry()} {
		c.removeLeftovers(files.Leftovers, path, 0)
	}
	for _, dir := range []string{c.Paths.SetAside(), filepath.Dir(c.Paths.InPlace("x"))} {
		c.removeLeftovers(files.LeftoversIn, dir, 0)
	}
	c.removeLeftovers(files.LeftoversIn, c.Paths.Answers(), LeftoverAge)
	c.removeLeftovers(files.Leftovers, c.Paths.Activity(), LeftoverAge)
}

// removeStored removes what was left of files written under the store lock.
func (c *Core) removeStored() {
	for _, path := range []string{c.Paths.Vault(), c.Paths.Pool(), c.Paths.Usage(), c.Paths.Settings(), c.Paths.GitIgnore(), c.Paths.HighWater()} {
		c.removeLeftovers(files.Leftovers, path, 0)
	}
}

func (c *Core) removeLeftovers(list func(files.FS, string) ([]string, error), path string, age time.Duration) {
	left, err := list(c.FS, path)
	for _, f := range left {
		if info, statErr := c.FS.Stat(f); statErr != nil || age > 0 && c.Now().Sub(info.ModTime()).Abs() < age {
			continue
		}
		if err := c.FS.Remove(f); err != nil {
			c.Log.Warn("cannot remove a leftover", "path", f, "error", err)
		}
	}
	if err != nil {
		c.Log.Warn("cannot look for leftovers", "path", path, "error", err)
	}
}

// Leftovers lists the temp files of writes that were cut off, whatever their
// age.
func (c *Core) Leftovers() (out []string) {
	add := func(left []string, err error) {
		for _, path := range left {
			if err == nil && !slices.Contains(out, path) {
				out = append(out, path)
			}
		}
	}
	for _, path := range []string{c.Paths.Credentials(), c.Paths.ClaudeJSON, c.Paths.OldConfig(), c.Paths.Pool(), c.Paths.HighWater()} {
		add(files.Leftovers(c.FS, path))
	}
	for _, dir := range []string{c.Paths.Own(), c.Paths.SetAside(), c.Paths.Answers(), filepath.Dir(c.Paths.InPlace("x"))} {
		add(files.LeftoversIn(c.FS, dir))
	}
	return out
}
