package oauthcore

import "baton/oauthcore/files"

// A write that was cut off leaves its waiting file, with tokens in it. Each is
// removed by whoever holds the lock it is written under: then nobody can still
// be writing it.

// tidyGuarded removes what was left of files written under the client's lock.
// The activity log is written under none; at worst somebody's shortening of it
// at the very same moment fails, and is done by the next.
func (c *Core) tidyGuarded() error {
	for _, path := range []string{c.Paths.Credentials(), c.Paths.ClaudeJSON, c.Paths.Inbox(), c.Paths.Ledger(), c.Paths.Activity()} {
		if err := c.tidy(path, files.Leftovers); err != nil {
			return err
		}
	}
	return c.tidy(c.Paths.SetAside(), files.LeftoversIn)
}

// tidyStore removes what was left of files written under the store lock.
func (c *Core) tidyStore() error {
	for _, path := range []string{c.Paths.Vault(), c.Paths.Pool(), c.Paths.Book(), c.Paths.Settings()} {
		if err := c.tidy(path, files.Leftovers); err != nil {
			return err
		}
	}
	if err := c.tidy(c.Paths.HighWater(), files.Leftovers); err != nil {
		c.Log.Warn("cannot look for leftovers", "path", c.Paths.HighWater(), "error", err) // only a help, like the file itself
	}
	return nil
}

func (c *Core) tidy(path string, list func(files.FS, string) ([]string, error)) error {
	left, err := list(c.FS, path)
	if err != nil {
		return unreadable(path, err)
	}
	for _, f := range left {
		if err := c.FS.Remove(f); err != nil {
			c.Log.Warn("cannot remove a leftover", "path", f, "error", err)
		}
	}
	return nil
}
