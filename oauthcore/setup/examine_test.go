package setup

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baton/oauthcore/view"
)

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
