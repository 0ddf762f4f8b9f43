package claude

import (
	"path"
	"path/filepath"
	"strings"
	"time"

	"baton/oauthcore/view"

	"github.com/tidwall/gjson"
)

// Process is a process as the process table has it; zero for what it does not
// have.
type Process struct {
	Started time.Time
	// Names are its own name, the path of its program, and the first words of
	// its command line.
	Names []string
}

// ProcessTable looks up a running process; ok is false if there is none.
type ProcessTable func(pid int) (p Process, ok bool)

// startSlack is how much later a process may seem to have started than it
// wrote its first file: the start is computed from clock ticks since boot.
const startSlack = 5 * time.Second

// Sessions lists the running sessions, by the files Claude Code keeps of them.
// Files that do not parse are skipped, and so are those of a process that
// ended, also if its number belongs to another process now: one that started
// after the file was written, or that is not Claude Code.
func (s *Store) Sessions(look ProcessTable) []view.Session {
	dir := s.Paths.Sessions()
	entries, err := s.FS.ReadDir(dir)
	if err != nil {
		return nil
	}
	var out []view.Session
	for _, e := range entries {
		file := filepath.Join(dir, e.Name())
		if filepath.Ext(file) != ".json" {
			continue
		}
		info, err := s.FS.Stat(file)
		if err != nil {
			continue
		}
		doc, err := s.FS.ReadFile(file)
		if err != nil || !gjson.ValidBytes(doc) {
			continue
		}
		row := gjson.ParseBytes(doc)
		pid := int(row.Get("pid").Int())
		if pid <= 0 {
			continue
		}
		p, ok := look(pid)
		if ok && p.wrote(info.ModTime(), row.Get("startedAt")) && p.likelyClaude() {
			out = append(out, view.Session{PID: pid, Cwd: row.Get("cwd").String()})
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
