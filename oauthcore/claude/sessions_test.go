package claude_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"baton/oauthcore/claude"
	"baton/oauthcore/view"
)

func TestSessions(t *testing.T) {
	p := newPlace(t)
	none := func(int) (claude.Process, bool) { return claude.Process{}, true }
	if s := p.Sessions(none); s != nil {
		t.Errorf("without a folder: %v", s)
	}
	dir := p.Paths.Sessions()
	written := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	file := func(name, doc string) {
		t.Helper()
		path := filepath.Join(dir, name)
		p.write(path, doc)
		p.setTime(path, written)
	}
	file("3.json", `{`)
	file("note.txt", `{"pid":7,"cwd":"/note"}`)
	file("4.json", `{"pid":-7,"cwd":"/minus"}`)
	file("6.json", `{"pid":0,"cwd":"/zero"}`)
	file("5.json", `{"cwd":"/nobody"}`)
	if err := os.Mkdir(filepath.Join(dir, "folder.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	before, after := written.Add(-time.Hour), written.Add(time.Hour)
	names := func(names ...string) claude.Process { return claude.Process{Names: names, Started: before} }
	for what, c := range map[string]struct {
		doc     string
		process claude.Process
		gone    bool
		want    bool
	}{
		"runs":                                {process: names("claude"), want: true},
		"ended":                               {process: names("claude"), gone: true},
		"nothing is told":                     {want: true},
		"a script":                            {process: names("node", "/usr/bin/node", "claude"), want: true},
		"in a thread's name":                  {process: names("MainThread", "/opt/node/bin/node"), want: true},
		"a program of its own":                {process: names("2.1.330", "/home/ada/.local/share/claude/versions/2.1.330"), want: true},
		"in an editor":                        {process: names("code", "/usr/share/code/code", "/x/anthropic.claude-code/cli.js"), want: true},
		"on Windows":                          {process: names(`C:\Users\ada\.local\bin\claude.exe`), want: true},
		"another program has its number":      {process: names("bash", "/usr/bin/bash", "-bash")},
		"an editor with its settings":         {process: names("vim", "/usr/bin/vim", "vim", "/home/ada/.claude/settings.json")},
		"a later process has its number":      {process: claude.Process{Started: after, Names: []string{"node"}}},
		"as good as at once":                  {process: claude.Process{Started: written.Add(5 * time.Second)}, want: true},
		"just later":                          {process: claude.Process{Started: written.Add(5*time.Second + time.Millisecond)}},
		"a start of zero":                     {doc: `"startedAt":0,"n":%d`, process: claude.Process{Started: before.Add(time.Minute)}, want: true},
		"written again, but started earlier":  {doc: `"startedAt":%d`, process: claude.Process{Started: before.Add(time.Second)}, want: true},
		"a later process than the file tells": {doc: `"startedAt":%d`, process: claude.Process{Started: before.Add(time.Minute)}},
		"a start that is no number":           {doc: `"startedAt":"%d"`, process: claude.Process{Started: before.Add(time.Minute)}, want: true},
	} {
		doc := `{"pid":7,"cwd":"/work"}`
		if c.doc != "" {
			doc = `{"pid":7,` + fmt.Sprintf(c.doc, before.UnixMilli()) + `,"cwd":"/work"}`
		}
		file("7.json", doc)
		got := p.Sessions(func(pid int) (claude.Process, bool) {
			if pid != 7 {
				t.Errorf("%s: asked for %d", what, pid)
			}
			return c.process, !c.gone
		})
		if (len(got) == 1) != c.want || c.want && got[0] != (view.Session{PID: 7, Cwd: "/work"}) {
			t.Errorf("%s: %v, want it counted: %v", what, got, c.want)
		}
	}
}
