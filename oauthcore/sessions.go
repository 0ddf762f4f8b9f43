package oauthcore

import (
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// Session is a running Claude Code.
type Session struct {
	PID int
	Cwd string
}

// Process is what a process table tells of a process. What it does not tell is
// zero.
type Process struct {
	// Started is when it was started.
	Started time.Time
	// Names are what it is called: its own name, the path of its program, and
	// the first words of its command line.
	Names []string
}

// ProcessTable looks up a process that runs; ok is false where none does.
type ProcessTable func(pid int) (p Process, ok bool)

// startSlack is how far a process's start, reckoned from ticks since the
// machine's, may lie after what was written by the process itself.
const startSlack = 5 * time.Second

// Sessions lists the sessions that run, by the files Claude Code keeps of them.
// Files that do not parse are passed over, and so are those of a process that
// ended: also where its number belongs to another process now, which is one
// that started after the file was written, or that is not Claude Code.
func (c *Core) Sessions(look ProcessTable) []Session {
	dir := c.Paths.Sessions()
	entries, err := c.FS.ReadDir(dir)
	if err != nil {
		return nil
	}
	var out []Session
	for _, e := range entries {
		file := filepath.Join(dir, e.Name())
		if filepath.Ext(file) != ".json" {
			continue
		}
		info, err := c.FS.Stat(file)
		if err != nil {
			continue
		}
		doc, err := c.FS.ReadFile(file)
		if err != nil || !gjson.ValidBytes(doc) {
			continue
		}
		s := gjson.ParseBytes(doc)
		pid := int(s.Get("pid").Int())
		if pid <= 0 {
			continue
		}
		p, ok := look(pid)
		if ok && p.wrote(info.ModTime(), s.Get("startedAt")) && p.likelyClaude() {
			out = append(out, Session{pid, s.Get("cwd").String()})
		}
	}
	return out
}

// wrote says whether the process may be the one that wrote a session's file: a
// file is written, and a session starts, after its process did. startedAt, in
// epoch ms, is not in every version's files.
func (p Process) wrote(written time.Time, startedAt gjson.Result) bool {
	if p.Started.IsZero() {
		return true
	}
	if startedAt.Type == gjson.Number && startedAt.Int() > 0 {
		if at := time.UnixMilli(startedAt.Int()); at.Before(written) {
			written = at
		}
	}
	return !p.Started.After(written.Add(startSlack))
}

// likelyClaude says whether the process may be Claude Code: something of that
// name, or one of the runtimes it is a script of. Where the table tells no name
// it may.
func (p Process) likelyClaude() bool {
	for _, name := range p.Names {
		name = strings.ToLower(filepath.ToSlash(name))
		switch strings.TrimSuffix(path.Base(name), ".exe") {
		case "node", "nodejs", "bun", "deno":
			return true
		}
		// An editor that has its settings open is not Claude Code.
		if strings.Contains(strings.ReplaceAll(name, "/.claude", ""), "claude") {
			return true
		}
	}
	return len(p.Names) == 0
}
