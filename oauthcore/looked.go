package oauthcore

import (
	"io/fs"
	"os"
	"time"
)

// configSeen is what a view found in .claude.json, and the file as it was then.
type configSeen struct {
	info fs.FileInfo
	cfg  config
}

// fileStep is how old a file's modification time must be before the same time
// and size mean the same bytes: file systems count time in steps.
const fileStep = 2 * time.Second

// lookAtConfig is readConfig for showing only: megabytes that did not change
// are not read again. What is to be written is never based on it.
func (c *Core) lookAtConfig() (config, error) {
	path := c.Paths.ClaudeJSON
	info, err := c.FS.Stat(path)
	if err != nil {
		return c.readConfig() // which knows a missing file from trouble
	}
	if seen := c.configSeen.Load(); seen != nil && unchanged(seen.info, info) {
		return seen.cfg, nil
	}
	cfg, err := c.readConfig()
	if err == nil && c.Now().Sub(info.ModTime()) > fileStep {
		c.configSeen.Store(&configSeen{info, cfg})
	}
	return cfg, err
}

// unchanged says that a file is the one it was, as far as its size, time and
// identity tell.
func unchanged(was, is fs.FileInfo) bool {
	return was.Size() == is.Size() && was.ModTime().Equal(is.ModTime()) && os.SameFile(was, is)
}
