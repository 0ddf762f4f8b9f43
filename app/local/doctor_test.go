//go:build !js

package local_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"baton/app/backend"
	"baton/app/local"
)

func TestDoctor(t *testing.T) {
	home := t.TempDir()
	vault := filepath.Join(home, ".claude", "baton", "accounts.json")
	if err := os.MkdirAll(filepath.Dir(vault), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(vault), ".gitignore"), []byte("*\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(vault, []byte(`{"accounts":`), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"ANTHROPIC_API_KEY": "sk-ant-TEST-key"}
	for name, where := range map[string]func() (string, error){
		"with a home": func() (string, error) { return home, nil },
		// Then Claude Code's folder is named, and no other is looked for.
		"without": func() (string, error) { return "", errors.New("no home") },
	} {
		t.Run(name, func(t *testing.T) {
			if name == "without" {
				env["CLAUDE_CONFIG_DIR"] = filepath.Join(home, ".claude")
			}
			b, err := local.New(local.Config{Getenv: func(k string) string { return env[k] }, Home: where, GOOS: "linux"})
			if err != nil {
				t.Fatal(err)
			}
			for _, fix := range []bool{false, true} {
				r, err := b.Do(t.Context(), backend.Action{Kind: backend.ActionDoctor, Fix: fix})
				if err != nil {
					t.Fatal(err)
				}
				if len(r.Findings) != 2 {
					t.Fatalf("findings %+v", r.Findings)
				}
				damaged, override := r.Findings[0], r.Findings[1]
				if damaged.ID != "damaged" || damaged.Severity != backend.SeverityError || damaged.Path != vault ||
					damaged.Message != "it is not valid JSON" || damaged.Fix == "" || damaged.Fixed {
					t.Errorf("%+v", damaged)
				}
				if override.ID != "override" || override.Severity != backend.SeverityWarning || override.Path != "" {
					t.Errorf("%+v", override)
				}
			}
		})
	}
}
