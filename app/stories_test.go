//go:build !js

package app_test

import (
	"path/filepath"
	"testing"

	"baton/app/web/server"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestStories plays the command line's stories through the program's own
// entry, each in a child process per command, against the built-in provider.
func TestStories(t *testing.T) {
	for name, dir := range map[string]string{
		"commands":     filepath.Join("cli", "testdata", "script"),
		"surroundings": filepath.Join("testdata", "script"),
	} {
		t.Run(name, func(t *testing.T) {
			testscript.Run(t, testscript.Params{Dir: dir, Setup: setup, Cmds: storyCommands(), Condition: storyCondition})
		})
	}
}

// storyCondition says what a story can have here.
func storyCondition(name string) (bool, error) {
	if name == "page" {
		return server.Built(), nil
	}
	return condition(name)
}

type worldKey struct{}

// setup gives a story its world. Its home is there once the story seeds it.
func setup(e *testscript.Env) error {
	w, err := newWorld(e.WorkDir)
	if err != nil {
		return err
	}
	t := e.T().(interface{ Errorf(string, ...any) })
	e.Defer(func() {
		if w.home.Dir != "" {
			for _, wrong := range w.complaints() {
				t.Errorf("%s", wrong)
			}
		}
		if err := w.provider.Close(); err != nil {
			t.Errorf("%v", err)
		}
	})
	e.Values[worldKey{}] = w
	for name, value := range map[string]string{
		"HOME":            w.homeDir(),
		"XDG_CONFIG_HOME": w.file(".config"),
		"XDG_STATE_HOME":  w.file(".local", "state"),
		"XDG_DATA_HOME":   w.file(".local", "share"),
		"BATON_PROVIDER":  w.provider.URL(),
		"BATON_KEYRING":   "off",
		recordEnv:         w.record,
		"GORACE":          soonOver,
	} {
		e.Setenv(name, value)
	}
	return nil
}
