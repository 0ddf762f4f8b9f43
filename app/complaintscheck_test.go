//go:build !js

package app_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// What the other tests rely on must notice what it is there for.
func TestComplaintsAreMade(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("not run: Windows has no mode bits")
	}
	const token = "sk-ant-ort01-TEST-lost"
	for _, c := range []struct {
		path, body, want string
	}{
		{"home/.claude.json", `{"debug":"` + token + `"}`, "a token stands in"},
		{"home/.config/fyne/preferences.json", token, "a token stands in"},
		{"home/.claude/baton/activity.jsonl", token, "a token stands in"},
		{"home/.claude/accounts.json", token, "a token stands in"},
		{".record/stderr.1", "baton: " + token, "a token stands in"},
		{"home/.claude/oauth_pool.json", `{"accounts":{"a":{"refreshToken":"` + token + `"}}}`, "logins that are lost: a"},
		{"home/.claude/.credentials.json", `{"claudeAiOauth":{"refreshToken":"` + token + `"}}`, "logins that are lost: the live one"},
		{"home/.claude/baton/accounts.json", `{"accounts":{"a":{"claudeAiOauth":{"refreshToken":"` + token + `"}}}}`, "logins that are lost: a"},
		{"home/.claude/baton/accounts.json", `{"accounts":{"a":{"needsLogin":true,"claudeAiOauth":{"refreshToken":"` + token + `"}}}}`, ""},
		{"home/.claude/baton/set-aside/1.json", token, ""},
		{"home/.claude/.oauth_refresh.lock/x", "", "a lock was left behind"},
		{"home/.claude/.oauth_pool.json.baton-1.tmp", "", "left behind"},
		{"baton-demo-1/x", "", "left behind"},
		{"home/.claude/baton/login-1/x", "", "left behind"},
	} {
		w, err := newWorld(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(w.dir, filepath.FromSlash(c.path))
		for _, dir := range []string{filepath.Dir(path), w.homeDir()} {
			if err := os.MkdirAll(dir, 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(path, []byte(c.body), 0o600); err != nil {
			t.Fatal(err)
		}
		got := strings.Join(w.complaints(), "\n")
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.path, got, c.want)
		}
		if strings.Contains(got, token) {
			t.Error("a complaint repeats the token")
		}
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
		open := strings.Contains(strings.Join(w.complaints(), "\n"), "others may look at")
		if want := strings.Contains(c.path, "/baton/") && filepath.Base(filepath.Dir(path)) == "baton"; open != want {
			t.Errorf("%s for everybody to read: complained %v, want %v", c.path, open, want)
		}
		if err := w.provider.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// What a command prints is there to be searched, word for word.
func TestWhatIsPrintedIsRecorded(t *testing.T) {
	w := started(t)
	for _, args := range [][]string{{"list"}, {"frobnicate"}} {
		before := printed(t, w)
		got, err := w.baton(t.Context(), args...)
		if err != nil || got.stdout+got.stderr == "" {
			t.Fatalf("baton %q: %v %+v", args, err, got)
		}
		after := printed(t, w)
		for name, want := range map[string]string{"stdout": got.stdout, "stderr": got.stderr} {
			if len(after[name])-len(before[name]) != len(want) || !strings.Contains(after[name], want) {
				t.Errorf("baton %q printed %q on %s, recorded is %q", args, want, name, after[name])
			}
		}
	}
}

// printed is everything recorded of the world's commands, by stream.
func printed(t *testing.T, w *world) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(w.record)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, e := range entries {
		body, err := os.ReadFile(filepath.Join(w.record, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		stream, _, _ := strings.Cut(e.Name(), ".")
		out[stream] += string(body)
	}
	return out
}
