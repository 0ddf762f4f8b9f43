//go:build !js

package cli

import (
	"testing"

	"baton/app/backend"
)

// Setup does not claim that Claude Code tells Baton anything if it runs none of
// the commands.
func TestSetupThatHasNoEffect(t *testing.T) {
	const (
		settings = "/home/ada/.claude/settings.json"
		off      = "disableAllHooks is set in your settings (" + settings + "): Claude Code runs neither hooks nor a status line of yours"
		replaced = "this project's settings (/p/.claude/settings.json) have a status line of their own, which Claude Code runs instead of Baton's"
		works    = "Claude Code tells Baton of usage and limits from its next start on (" + settings + ")\n"
	)
	for name, c := range map[string]struct {
		setup          backend.Setup
		stdout, stderr string
	}{
		"runs":         {backend.Setup{Diff: "+"}, works, ""},
		"off":          {backend.Setup{Diff: "+", Off: []string{off}, Neither: true}, settings + " names Baton's commands now, but Claude Code does not run them\n", off + "\n"},
		"replaced":     {backend.Setup{Diff: "+", Off: []string{replaced}}, works, replaced + "\n"},
		"off, as ever": {backend.Setup{Off: []string{off}, Neither: true}, settings + " is set up already\n", off + "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			c.setup.Path = settings
			f := &fake{do: answers(backend.Result{Setup: &c.setup}, nil)}
			run(t, f, nil, "setup").want(t, 0, c.stdout, c.stderr)
		})
	}
}
