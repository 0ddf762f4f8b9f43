package setup

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"baton/oauthcore/files"
	"baton/oauthcore/view"

	"github.com/tidwall/gjson"
)

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

// settings.json that another program changes after it was read is neither
// replaced nor removed: the change is made again to the new text.
func TestSettingsChangedMeanwhile(t *testing.T) {
	for _, c := range []struct {
		name, before, want string
		remove             bool
	}{
		{"added by setup, then removed", "", `{"permissions":{"allow":["Bash(ls)"]}}`, true},
		{"replaced", `{"a":1}`, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHome(t)
			if c.before != "" {
				h.write(h.settings, c.before)
			}
			if c.remove {
				h.apply(Request{Program: tried})
			}
			times := 0
			other := h.on(faultFS{readDone: func(path string) {
				if path != h.settings || times > 0 {
					return
				}
				times++
				now, _ := os.ReadFile(h.settings)
				h.write(h.settings, strings.Replace(string(now), "{", `{"permissions":{"allow":["Bash(ls)"]},`, 1))
			}})
			done, err := other.Apply(context.Background(), Request{Program: tried, Remove: c.remove})
			if err != nil || times == 0 {
				t.Fatal(times, err)
			}
			now, err := os.ReadFile(h.settings)
			if err != nil || gjson.GetBytes(now, "permissions.allow.0").String() != "Bash(ls)" {
				t.Fatalf("the other program's change is lost: %s, %v", now, err)
			}
			if string(done.After) != string(now) {
				t.Errorf("reported %s, wrote %s", done.After, now)
			}
			if h.setup.IsSetUp() == c.remove {
				t.Errorf("not done: %s", now)
			}
			if strings.TrimSpace(string(now)) != c.want && c.want != "" {
				t.Errorf("left %s", now)
			}
		})
	}
}

// A file that changes each time it is read is given up on, and the note is as
// it was.
func TestSettingsThatKeepChanging(t *testing.T) {
	h := newHome(t)
	h.write(h.settings, `{"n":0}`)
	n := 0
	other := h.on(faultFS{open: func(path string) {
		if n++; path == h.settings {
			h.write(h.settings, `{"n":1`+strings.Repeat("0", n)+`}`)
		}
	}})
	_, err := other.Apply(context.Background(), Request{Program: tried})
	wantCode(t, err, view.CodeBusy)
	h.wants(h.paths.Setup(), "")
	if left, _ := filepath.Glob(filepath.Join(h.paths.Config, ".settings.json.*")); left != nil {
		t.Errorf("temp files stay: %v", left)
	}
}

// If settings.json is a link into a read-only directory, the error names the
// file there, and no note is written.
func TestReadOnlyTarget(t *testing.T) {
	h := newHome(t)
	store := filepath.Join(h.dir, "store", "settings.json")
	h.write(store, `{"a":1}`)
	if err := os.MkdirAll(h.paths.Config, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(store, h.settings); err != nil {
		t.Fatal(err)
	}
	readOnly := h.on(faultFS{
		temp: func(dir string) error {
			if dir == filepath.Dir(store) {
				return syscall.EROFS
			}
			return nil
		},
		writable: func(path string) error {
			if path == store {
				return syscall.EROFS
			}
			return nil
		},
	})
	_, err := readOnly.Apply(context.Background(), Request{Program: tried})
	p := wantCode(t, err, view.CodeFailed)
	if !strings.Contains(p.Message, store) || !strings.Contains(p.Message, "read-only") {
		t.Errorf("message %q", p.Message)
	}
	h.wants(store, `{"a":1}`)
	h.wants(h.paths.Setup(), "")
	// A link that can be written stays a link.
	h.apply(Request{Program: tried})
	if to, err := os.Readlink(h.settings); err != nil || to != store {
		t.Errorf("the link: %q, %v", to, err)
	}
	h.apply(Request{Remove: true})
	h.wants(store, `{"a":1}`)
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

// If the last step fails the note is as it was before, also if there was one.
func TestNoteAfterAFailedReplacement(t *testing.T) {
	for _, first := range []string{"", "/usr/bin/baton"} {
		h := newHome(t)
		h.write(h.settings, `{"a":1}`)
		if first != "" {
			h.apply(Request{Program: first})
		}
		settings, _ := os.ReadFile(h.settings)
		note, _ := os.ReadFile(h.paths.Setup())
		full := h.on(faultFS{rename: func(to string) error {
			if to == h.settings {
				return syscall.ENOSPC
			}
			return nil
		}})
		_, err := full.Apply(context.Background(), Request{Program: tried})
		wantCode(t, err, view.CodeFailed)
		h.wants(h.settings, string(settings))
		h.wants(h.paths.Setup(), string(note))
	}
}

// settings.json is replaced while its lock of Claude Code's is held, and only
// then; a lock that Claude Code holds is waited for.
func TestClaudeCodesLock(t *testing.T) {
	h := newHome(t)
	h.write(h.settings, `{"a":1}`)
	lock := h.settings + ".lock"
	if err := os.Mkdir(lock, 0o700); err != nil {
		t.Fatal(err)
	}
	var held, replaced bool
	other := h.on(faultFS{rename: func(to string) error {
		if to == h.settings {
			_, err := os.Stat(lock)
			replaced, held = true, err == nil
		}
		return nil
	}})
	other.store.Progress = func(string, view.Wait) { // it waits: Claude Code is done now
		if replaced {
			t.Error("replaced while Claude Code had the lock")
		}
		if err := os.Remove(lock); err != nil {
			t.Error(err)
		}
	}
	if _, err := other.Apply(context.Background(), Request{Program: tried}); err != nil {
		t.Fatal(err)
	}
	if !replaced || !held {
		t.Errorf("replaced %v, under the lock %v", replaced, held)
	}
	if _, err := os.Stat(lock); err == nil {
		t.Error("the lock stays")
	}
	if err := os.Mkdir(lock, 0o700); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	other.store.Progress = func(string, view.Wait) { cancel() }
	if _, err := other.Apply(ctx, Request{Remove: true}); err == nil {
		t.Error("removed without the lock")
	}
	if !h.setup.IsSetUp() {
		t.Error("removed without the lock")
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

// A write in place that a crash cut off is undone before anything is read.
func TestMendsACutOffWrite(t *testing.T) {
	h := newHome(t)
	h.write(h.settings, `{"a":1}`)
	staged, err := files.StageAt(faultFS{temp: func(dir string) error {
		if dir == h.paths.Config {
			return syscall.EACCES
		}
		return nil
	}}, h.settings, []byte(`{"a":1,"b":2}`), 0, h.paths.InPlace(h.settings))
	if err != nil || !staged.InPlace() {
		t.Fatal(err)
	}
	h.write(h.settings, `{"a":1,"b`)
	h.apply(Request{Program: tried})
	h.apply(Request{Remove: true})
	h.wants(h.settings, `{"a":1}`)
}

func TestProgramIsNeeded(t *testing.T) {
	_, err := newHome(t).setup.Apply(context.Background(), Request{})
	wantCode(t, err, view.CodeFailed)
}

func TestExamine(t *testing.T) {
	h := newHome(t)
	h.write(h.settings, `{"statusLine":{"command":"mine"}}`)
	examine := func() Status {
		t.Helper()
		s, err := h.setup.Examine()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if s := examine(); s != (Status{Path: h.settings}) {
		t.Errorf("nothing set up: %+v", s)
	}
	program := filepath.Join(h.dir, "it's baton")
	h.write(program, "")
	spelled := "'" + strings.ReplaceAll(program, "'", `'\''`) + "'"
	h.apply(Request{Program: spelled})
	whole := Status{Path: h.settings, Noted: true, StatusLine: true, Hook: true, Program: spelled, ProgramPath: program}
	if s := examine(); s != whole || !s.Complete() || s.Undone() || s.Forgotten() {
		t.Errorf("set up: %+v", s)
	}
	with, _ := os.ReadFile(h.settings)
	h.write(h.settings, strings.Replace(string(with), " statusline", " statusline --color never", 1))
	if s := examine(); !s.Complete() {
		t.Errorf("with an option: %+v", s)
	}
	h.write(h.settings, `{"model":"opus","disableAllHooks":true}`)
	if s := examine(); !s.Undone() || s.StatusLine || s.Hook || !s.HooksOff || s.Program != spelled {
		t.Errorf("both commands gone: %+v", s)
	}
	if err := h.setup.Restore(context.Background()); err != nil || !h.setup.IsSetUp() {
		t.Errorf("not restored: %v", err)
	}
	if err := os.Remove(program); err != nil {
		t.Fatal(err)
	}
	if s := examine(); !s.ProgramGone || !s.Complete() {
		t.Errorf("program gone: %+v", s)
	}
	h.write(h.settings, string(with))
	if err := os.Remove(h.paths.Setup()); err != nil {
		t.Fatal(err)
	}
	// It is recognised by the name of its file only.
	h.write(h.settings, strings.ReplaceAll(string(with), `it'\\''s baton`, `baton`))
	if s := examine(); !s.Forgotten() || s.Complete() || s.ProgramPath != filepath.Join(h.dir, "baton") {
		t.Errorf("note lost: %+v", s)
	}
	before, _ := os.ReadFile(h.settings)
	if err := h.setup.Restore(context.Background()); err != nil || !h.setup.IsSetUp() || h.setup.ChainedStatusLine() != "" {
		t.Errorf("no new note: %v, chained %q", err, h.setup.ChainedStatusLine())
	}
	h.wants(h.settings, string(before))
	if d := h.apply(Request{Remove: true}); d.Forgotten {
		t.Error("forgotten, with a note")
	}
	h.write(h.settings, string(before))
	if d := h.apply(Request{Remove: true}); !d.Forgotten {
		t.Error("not forgotten, without a note")
	}
	h.write(h.settings, "[")
	if _, err := h.setup.Examine(); view.CodeOf(err) != view.CodeDamaged {
		t.Errorf("damaged: %v", err)
	}
}

// Two processes at once: one set of commands goes in, and comes out again.
func TestTwoAtOnce(t *testing.T) {
	h := newHome(t)
	h.write(h.settings, `{"a":1}`)
	errs := make(chan error, 2)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for range 2 {
		go func() {
			_, err := h.on(files.OS{}).Apply(ctx, Request{Program: tried})
			errs <- err
		}()
	}
	for range 2 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if now, _ := os.ReadFile(h.settings); strings.Count(string(now), "baton hook") != 1 {
		t.Errorf("not one hook: %s", now)
	}
	h.apply(Request{Remove: true})
	h.wants(h.settings, `{"a":1}`)
}

// If the commands went in though the replacement failed, the note stays.
func TestNoteAfterAReplacementThatFailedLate(t *testing.T) {
	h := newHome(t)
	h.write(h.settings, `{"statusLine":{"command":"mine"}}`)
	late := h.on(faultFS{rename: func(to string) error {
		if to != h.settings {
			return nil
		}
		all, err := filepath.Glob(filepath.Join(h.paths.Config, ".settings.json.*"))
		for _, temp := range all {
			err = os.Rename(temp, to)
		}
		if err != nil {
			t.Error(err)
		}
		return syscall.EIO
	}})
	if _, err := late.Apply(context.Background(), Request{Program: tried}); err == nil {
		t.Fatal("no error")
	}
	if h.setup.ChainedStatusLine() != "mine" || !h.setup.IsSetUp() {
		t.Errorf("the replaced command is lost; chained %q", h.setup.ChainedStatusLine())
	}
}

// Nothing is written if nothing changes.
func TestSameAgainWritesNothing(t *testing.T) {
	h := newHome(t)
	h.apply(Request{Program: tried})
	again := h.on(faultFS{rename: func(to string) error {
		t.Errorf("wrote %s", to)
		return nil
	}})
	if _, err := again.Apply(context.Background(), Request{Program: tried}); err != nil {
		t.Error(err)
	}
}
