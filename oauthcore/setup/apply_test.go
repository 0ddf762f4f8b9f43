package setup

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baton/oauthcore/files/filestest"
	"baton/oauthcore/view"
)

// tried is the program that tests put in.
const tried = "/opt/baton"

func TestApplyAndRemove(t *testing.T) {
	for name, before := range map[string]string{
		"no file":           "",
		"empty object":      "{ }\n",
		"other settings":    "{\n  \"model\": \"opus\",\n  \"env\": {\"A\": \"1e3\"}\n}\n",
		"a status line":     `{"statusLine": {"type":"command",  "command":"my-line --x 'a b'","padding":0} ,"z":1.50}`,
		"other hooks":       `{"hooks":{"Stop":[{"hooks":[]}]},"a":[1, 2]}`,
		"a failure hook":    "{\"hooks\": {\"StopFailure\": [\n  {\"matcher\":\"*\",\"hooks\":[{\"type\":\"command\",\"command\":\"x\"}]}\n]}}",
		"an empty list":     `{"hooks":{"StopFailure":[ ]}}`,
		"empty hooks":       `{"hooks":{},"statusLine":null}`,
		"null":              "null",
		"white space":       " \n",
		"byte order mark":   "\xef\xbb\xbf{\"a\":1}\r\n",
		"mark and nothing":  "\xef\xbb\xbf",
		"a member twice":    `{"a":1,"statusLine":{"command":"first"},"a":2,"statusLine":{"command":"last"}}`,
		"compact, no space": `{"a":1,"statusLine":{"type":"command","command":"true"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			h := newHome(t)
			if before != "" {
				h.write(h.settings, before)
			}
			dry := h.apply(Request{Program: tried, DryRun: true})
			if !dry.Changed() {
				t.Error("nothing to do")
			}
			h.wants(h.settings, before)
			done := h.apply(Request{Program: tried})
			h.wants(h.settings, string(dry.After))
			if strings.HasPrefix(before, "\xef\xbb\xbf") != strings.HasPrefix(string(dry.After), "\xef\xbb\xbf") {
				t.Error("the byte order mark is not as it was")
			}
			if !h.setup.IsSetUp() {
				t.Errorf("not set up: %s", done.After)
			}
			line, err := member([]byte(strings.TrimPrefix(before, "\xef\xbb\xbf")), statusMember)
			if want := commandOf(line); err == nil && (done.Chained != want || h.setup.ChainedStatusLine() != want) {
				t.Errorf("chained %q, want %q", done.Chained, want)
			}
			if again := h.apply(Request{Program: tried}); again.Changed() {
				t.Errorf("the same again: %s", again.Diff())
			}
			h.apply(Request{Program: "/usr/bin/baton"})
			if now, _ := os.ReadFile(h.settings); strings.Count(string(now), "baton hook") != 1 {
				t.Errorf("not one hook: %s", now)
			}
			h.apply(Request{Remove: true})
			h.wants(h.settings, before)
			h.wants(h.paths.Setup(), "")
			if again := h.apply(Request{Remove: true}); again.Changed() || again.Forgotten {
				t.Errorf("removed twice: %s", again.Diff())
			}
			if left, _ := filepath.Glob(filepath.Join(h.paths.Config, "*.lock")); left != nil {
				t.Errorf("locks stay: %v", left)
			}
		})
	}
}

// A dry run makes no file and no directory.
func TestDryRunWritesNothing(t *testing.T) {
	for _, remove := range []bool{false, true} {
		h := newHome(t)
		h.apply(Request{Program: tried, Remove: remove, DryRun: true})
		if err := filepath.WalkDir(h.dir, func(path string, _ fs.DirEntry, err error) error {
			if path != h.dir {
				t.Errorf("made %s", path)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDamagedSettingsStay(t *testing.T) {
	for _, doc := range []string{`{"hooks":`, `[]`, `{"hooks":[]}`, `{"hooks":{"StopFailure":{}}}`, "\xef\xbb\xbf{", "\xef\xbb\xbf\xef\xbb\xbf{}"} {
		h := newHome(t)
		h.write(h.settings, doc)
		for _, remove := range []bool{false, true} {
			_, err := h.setup.Apply(context.Background(), Request{Program: tried, Remove: remove})
			wantCode(t, err, view.CodeDamaged)
			h.wants(h.settings, doc)
			h.wants(h.paths.Setup(), "")
		}
	}
	h := newHome(t)
	h.apply(Request{Program: tried})
	h.write(h.paths.Setup(), "{")
	_, err := h.setup.Apply(context.Background(), Request{Remove: true})
	wantCode(t, err, view.CodeDamaged)
	if h.setup.IsSetUp() {
		t.Error("set up with a note that cannot be read")
	}
}

// A file made by setup behind a dangling link is removed, and the link stays.
func TestRemoveBehindALink(t *testing.T) {
	h := newHome(t)
	store := filepath.Join(h.dir, "store", "settings.json")
	if err := os.MkdirAll(h.paths.Config, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(store, h.settings); err != nil {
		t.Fatal(err)
	}
	h.apply(Request{Program: tried})
	h.apply(Request{Remove: true})
	h.wants(store, "")
	if _, err := os.Readlink(h.settings); err != nil {
		t.Errorf("the link is gone: %v", err)
	}
}

// The file may be read by others as before; new files are private.
func TestModes(t *testing.T) {
	h := newHome(t)
	h.write(h.settings, `{}`)
	if err := os.Chmod(h.settings, 0o644); err != nil {
		t.Fatal(err)
	}
	h.apply(Request{Program: tried})
	for path, want := range map[string]fs.FileMode{h.settings: 0o644, h.paths.Setup(): 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
}

func TestProgramIsNeeded(t *testing.T) {
	_, err := newHome(t).setup.Apply(context.Background(), Request{})
	wantCode(t, err, view.CodeFailed)
}

// A file made by setup is removed with the commands, also if an editor put a
// byte order mark before it.
func TestRemoveAFileWithAByteOrderMark(t *testing.T) {
	h := newHome(t)
	h.apply(Request{Program: tried})
	with, err := os.ReadFile(h.settings)
	if err != nil {
		t.Fatal(err)
	}
	h.write(h.settings, string(bom)+string(with))
	h.apply(Request{Remove: true})
	h.wants(h.settings, "")
}

// Nothing is written if nothing changes, and no temp file is left.
func TestSameAgainWritesNothing(t *testing.T) {
	h := newHome(t)
	h.apply(Request{Program: tried})
	again := h.on(&filestest.FS{Before: filestest.On("rename", func(to string) error {
		t.Errorf("wrote %s", to)
		return nil
	})})
	if _, err := again.Apply(context.Background(), Request{Program: tried}); err != nil {
		t.Error(err)
	}
	if temps, err := filepath.Glob(filepath.Join(h.paths.Config, ".settings.json.*")); err != nil || len(temps) > 0 {
		t.Errorf("beside the settings: %v, %v", temps, err)
	}
}
