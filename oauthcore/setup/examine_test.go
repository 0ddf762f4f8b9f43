package setup

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baton/oauthcore/view"
)

func TestStates(t *testing.T) {
	for _, c := range []struct {
		status                      Status
		complete, undone, forgotten bool
	}{
		{Status{}, false, false, false},
		{Status{Noted: true}, false, true, false},
		{Status{Noted: true, StatusLine: true}, false, true, false},
		{Status{Noted: true, Hook: true}, false, true, false},
		{Status{Noted: true, StatusLine: true, Hook: true}, true, false, false},
		{Status{StatusLine: true}, false, false, true},
		{Status{Hook: true}, false, false, true},
		{Status{StatusLine: true, Hook: true}, false, false, true},
	} {
		s := c.status
		if s.Complete() != c.complete || s.Undone() != c.undone || s.Forgotten() != c.forgotten {
			t.Errorf("%+v: complete %v, undone %v, forgotten %v", s, s.Complete(), s.Undone(), s.Forgotten())
		}
	}
}

// The program is that of the first command in settings.json, and only without
// one that of the note.
func TestProgramInUse(t *testing.T) {
	const (
		line  = `"statusLine":{"command":"/a/baton statusline"}`
		hooks = `"hooks":{"StopFailure":[{"hooks":[{"command":"/b/baton hook"}]},{"hooks":[{"command":"/c/baton hook"}]}]}`
	)
	for _, c := range []struct{ settings, want string }{
		{`{` + line + `,` + hooks + `}`, "/a/baton"},
		{`{` + hooks + `}`, "/b/baton"},
		{`{}`, tried},
	} {
		h := newHome(t)
		h.apply(Request{Program: tried})
		h.write(h.settings, c.settings)
		if s, err := h.setup.Examine(); err != nil || s.Program != c.want {
			t.Errorf("%s: %q, want %q; %v", c.settings, s.Program, c.want, err)
		}
	}
}

// If no program is known there is nothing to put in again.
func TestRestoreWithoutAProgram(t *testing.T) {
	h := newHome(t)
	if err := h.setup.Restore(context.Background()); err != nil {
		t.Error(err)
	}
	h.wants(h.settings, "")
	h.wants(h.paths.Setup(), "")
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
	if s := examine(); !s.Undone() || s.StatusLine || s.Hook || s.Off.Hook.Name != "disableAllHooks" || s.Program != spelled {
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
