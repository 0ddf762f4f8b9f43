package setup

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"baton/oauthcore/files"
	"baton/oauthcore/files/filestest"
	"baton/oauthcore/view"

	"github.com/tidwall/gjson"
)

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
			other := h.on(&filestest.FS{Before: filestest.On("open", func(path string) error {
				if path == h.settings && times == 0 {
					times++
					now, _ := os.ReadFile(h.settings)
					h.write(h.settings, strings.Replace(string(now), "{", `{"permissions":{"allow":["Bash(ls)"]},`, 1))
				}
				return nil
			})})
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
	other := h.on(&filestest.FS{Before: filestest.On("open", func(path string) error {
		if n++; path == h.settings {
			h.write(h.settings, `{"n":1`+strings.Repeat("0", n)+`}`)
		}
		return nil
	})})
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
	readOnly := h.on(&filestest.FS{Before: func(op, path string) error {
		if op == "temp" && filepath.Dir(path) == filepath.Dir(store) || op == "writable" && path == store {
			return syscall.EROFS
		}
		return nil
	}})
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
		full := h.on(&filestest.FS{Before: filestest.Fail("rename", h.settings, syscall.ENOSPC)})
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
	other := h.on(&filestest.FS{Before: filestest.On("rename", func(to string) error {
		if to == h.settings {
			_, err := os.Stat(lock)
			replaced, held = true, err == nil
		}
		return nil
	})})
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

// A write in place that a crash cut off is undone before anything is read.
func TestMendsACutOffWrite(t *testing.T) {
	h := newHome(t)
	h.write(h.settings, `{"a":1}`)
	staged, err := files.StageAt(&filestest.FS{Before: filestest.On("temp", func(path string) error {
		if filepath.Dir(path) == h.paths.Config {
			return syscall.EACCES
		}
		return nil
	})}, h.settings, []byte(`{"a":1,"b":2}`), 0, h.paths.InPlace(h.settings))
	if err != nil || !staged.InPlace() {
		t.Fatal(err)
	}
	h.write(h.settings, `{"a":1,"b`)
	h.apply(Request{Program: tried})
	h.apply(Request{Remove: true})
	h.wants(h.settings, `{"a":1}`)
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
	late := h.on(&filestest.FS{Before: filestest.On("rename", func(to string) error {
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
	})})
	if _, err := late.Apply(context.Background(), Request{Program: tried}); err == nil {
		t.Fatal("no error")
	}
	if h.setup.ChainedStatusLine() != "mine" || !h.setup.IsSetUp() {
		t.Errorf("the replaced command is lost; chained %q", h.setup.ChainedStatusLine())
	}
}
