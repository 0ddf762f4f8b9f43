package oauthcore_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baton/oauthcore"

	"github.com/tidwall/gjson"
)

// What setup puts into Claude Code's settings comes out again to the byte,
// whatever stood there.
func TestSetupAndBack(t *testing.T) {
	for name, before := range map[string]string{
		"nothing":           "",
		"empty object":      "{ }\n",
		"others' settings":  "{\n  \"model\": \"opus\",\n  \"env\": {\"A\": \"1e3\"}\n}\n",
		"a status line":     `{"statusLine": {"type":"command",  "command":"my-line --x 'a b'","padding":0} ,"z":1.50}`,
		"other hooks":       `{"hooks":{"Stop":[{"hooks":[]}]},"a":[1, 2]}`,
		"a failure hook":    "{\"hooks\": {\"StopFailure\": [\n  {\"matcher\":\"*\",\"hooks\":[{\"type\":\"command\",\"command\":\"x\"}]}\n]}}",
		"an empty list":     `{"hooks":{"StopFailure":[ ]}}`,
		"empty hooks":       `{"hooks":{},"statusLine":null}`,
		"compact, no space": `{"a":1,"statusLine":{"type":"command","command":"true"}}`,
		"null":              "null",
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			path := w.paths.ClaudeSettings()
			if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			if before != "" {
				w.write(path, before)
			}
			ctx := context.Background()
			dry, err := w.core.Setup(ctx, oauthcore.SetupRequest{Program: "/opt/baton", DryRun: true})
			if err != nil || !dry.Changed() {
				t.Fatalf("dry run: %v", err)
			}
			if now, _ := os.ReadFile(path); string(now) != before {
				t.Fatalf("a dry run wrote %q", now)
			}
			done, err := w.core.Setup(ctx, oauthcore.SetupRequest{Program: "/opt/baton"})
			if err != nil {
				t.Fatal(err)
			}
			after := w.read(path)
			if string(after) != string(dry.After) {
				t.Errorf("the dry run promised %s, not %s", dry.After, after)
			}
			s := gjson.ParseBytes(after)
			if got := s.Get("statusLine.command").String(); got != "/opt/baton statusline" {
				t.Errorf("status line %q", got)
			}
			if got := s.Get(`hooks.StopFailure.#.hooks.#.command|@flatten`).String(); !strings.Contains(got, "/opt/baton hook") {
				t.Errorf("hooks %s", got)
			}
			if want := gjson.Get(before, "statusLine.command").String(); done.Chained != want || w.core.ChainedStatusLine() != want {
				t.Errorf("chained %q, want %q", done.Chained, want)
			}
			// Again, from a new place: still only one of each.
			if _, err := w.core.Setup(ctx, oauthcore.SetupRequest{Program: "/usr/bin/baton"}); err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(w.read(path)), "baton hook"); n != 1 {
				t.Errorf("%d hooks of ours", n)
			}
			if _, err := w.core.Setup(ctx, oauthcore.SetupRequest{Remove: true}); err != nil {
				t.Fatal(err)
			}
			now, err := os.ReadFile(path)
			if before == "" && !os.IsNotExist(err) || string(now) != before {
				t.Errorf("put back as %q, %v; want %q", now, err, before)
			}
			if _, err := os.Stat(filepath.Join(w.paths.Own(), "setup.json")); !os.IsNotExist(err) {
				t.Errorf("the note stays: %v", err)
			}
			if again, err := w.core.Setup(ctx, oauthcore.SetupRequest{Remove: true}); err != nil || again.Changed() {
				t.Errorf("taking out what is not there: %v", err)
			}
		})
	}
}

// What others changed after setup stays when it is undone.
func TestSetupKeepsWhatOthersChanged(t *testing.T) {
	w := newWorld(t)
	path := w.paths.ClaudeSettings()
	w.write(path, `{"statusLine":{"type":"command","command":"old"}}`)
	ctx := context.Background()
	if _, err := w.core.Setup(ctx, oauthcore.SetupRequest{Program: "baton"}); err != nil {
		t.Fatal(err)
	}
	w.write(path, strings.Replace(string(w.read(path)), `"baton statusline"`, `"mine now"`, 1))
	if _, err := w.core.Setup(ctx, oauthcore.SetupRequest{Remove: true}); err != nil {
		t.Fatal(err)
	}
	if got := string(w.read(path)); got != `{"statusLine":{"command":"mine now","type":"command"}}` {
		t.Errorf("left %s", got)
	}
}

func TestSetupLeavesDamagedSettingsAlone(t *testing.T) {
	for _, doc := range []string{`{"hooks":`, `[]`, `{"hooks":[]}`, `{"hooks":{"StopFailure":{}}}`, `{"a":1,"a":2}`} {
		w := newWorld(t)
		w.write(w.paths.ClaudeSettings(), doc)
		_, err := w.core.Setup(context.Background(), oauthcore.SetupRequest{Program: "baton"})
		wantCode(t, err, view.CodeDamaged)
		if got := string(w.read(w.paths.ClaudeSettings())); got != doc {
			t.Errorf("%s became %s", doc, got)
		}
	}
}

// The doctor notices what keeps Claude Code from telling, and puts it back.
func TestDoctorLooksAfterTheSetup(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	find := func(fix bool) map[string]oauthcore.Finding {
		t.Helper()
		all, err := w.core.Doctor(ctx, oauthcore.DoctorRequest{Fix: fix})
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]oauthcore.Finding{}
		for _, f := range all {
			out[f.ID] = f
		}
		return out
	}
	w.configure("swap.auto", "on")
	if _, told := find(false)["not_told"]; !told {
		t.Error("automatic swaps without anybody who tells of a limit")
	}
	program := filepath.Join(t.TempDir(), "it's baton")
	w.write(program, "")
	quoted := "'" + strings.ReplaceAll(program, "'", `'\''`) + "'"
	if _, err := w.core.Setup(ctx, oauthcore.SetupRequest{Program: quoted}); err != nil {
		t.Fatal(err)
	}
	for id := range find(false) {
		if id == "not_told" || strings.HasPrefix(id, "setup") {
			t.Errorf("all is well, and yet %s", id)
		}
	}
	w.write(w.paths.ClaudeSettings(), `{"model":"opus"}`)
	if _, undone := find(false)["setup_undone"]; !undone {
		t.Error("the commands are gone and nobody noticed")
	}
	if f := find(true)["setup_undone"]; !f.Fixed || !w.core.IsSetUp() {
		t.Errorf("not put back: %+v", f)
	}
	if err := os.Remove(program); err != nil {
		t.Fatal(err)
	}
	if _, gone := find(false)["setup_gone"]; !gone {
		t.Error("the program is gone and nobody noticed")
	}
}

// With the note lost, what is Baton's is told by its form, and nothing else is
// taken for it.
func TestSetupComesOutWithoutItsNote(t *testing.T) {
	const others = `{"matcher":"*","hooks":[{"type":"command","command":"x hook"}]}`
	for _, c := range []struct {
		name, before, program, want string
		forgotten                   bool
	}{
		{"both", `{"a":1}`, "/opt/baton", `{"a":1}`, true},
		{"quoted", `{"a":1}`, `'/home/it'\''s me/baton'`, `{"a":1}`, true},
		{"windows", `{"a":1}`, "C:/Tools/baton.exe", `{"a":1}`, true},
		{"another hook", `{"hooks":{"StopFailure":[` + others + `]}}`, "/opt/baton", `{"hooks":{"StopFailure":[` + others + `]}}`, true},
		{"a name of its own", `{"a":1}`, "/opt/my-build", `{"a":1}`, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			path := w.paths.ClaudeSettings()
			w.write(path, c.before)
			ctx := context.Background()
			if _, err := w.core.Setup(ctx, oauthcore.SetupRequest{Program: c.program}); err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(w.paths.Setup()); err != nil {
				t.Fatal(err)
			}
			done, err := w.core.Setup(ctx, oauthcore.SetupRequest{Remove: true, Program: c.program})
			if err != nil || done.Forgotten != c.forgotten {
				t.Errorf("forgotten %v, %v", done.Forgotten, err)
			}
			if got := string(w.read(path)); got != c.want {
				t.Errorf("left %s, want %s", got, c.want)
			}
		})
	}
	for _, doc := range []string{
		`{"statusLine":{"type":"command","command":"my-line statusline"}}`,
		`{"statusLine":{"type":"command","command":"cd /tmp; /opt/baton statusline"}}`,
		`{"statusLine":{"type":"command","command":"'/opt/baton' x 'y/baton' statusline"}}`,
		`{"statusLine":{"type":"command","command":" statusline"}}`,
		`{"hooks":{"StopFailure":[{"hooks":[{"type":"command","command":"/opt/baton hook"},{"type":"command","command":"y"}]}]}}`,
		`{"hooks":{"StopFailure":[]}}`,
	} {
		w := newWorld(t)
		w.write(w.paths.ClaudeSettings(), doc)
		done, err := w.core.Setup(context.Background(), oauthcore.SetupRequest{Remove: true, Program: "/usr/bin/baton"})
		if err != nil || done.Forgotten || done.Changed() {
			t.Errorf("%s: %+v, %v", doc, done, err)
		}
	}
}

// The doctor notices a lost note and writes it anew, without taking Baton's own
// status line for the one that was there before.
func TestDoctorMissesTheNoteOfTheSetup(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.write(w.paths.ClaudeSettings(), `{"statusLine":{"type":"command","command":"mine"}}`)
	if _, err := w.core.Setup(ctx, oauthcore.SetupRequest{Program: "/opt/baton"}); err != nil {
		t.Fatal(err)
	}
	before := string(w.read(w.paths.ClaudeSettings()))
	if err := os.Remove(w.paths.Setup()); err != nil {
		t.Fatal(err)
	}
	all, err := w.core.Doctor(ctx, oauthcore.DoctorRequest{Fix: true})
	if err != nil {
		t.Fatal(err)
	}
	mended := false
	for _, f := range all {
		mended = mended || f.ID == "setup_forgotten" && f.Fixed
	}
	if !mended || !w.core.IsSetUp() || w.core.ChainedStatusLine() != "" || string(w.read(w.paths.ClaudeSettings())) != before {
		t.Errorf("mended %v, set up %v, chained %q, file %s", mended, w.core.IsSetUp(), w.core.ChainedStatusLine(), w.read(w.paths.ClaudeSettings()))
	}
}
