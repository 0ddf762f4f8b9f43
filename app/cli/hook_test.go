//go:build !js

package cli

import (
	"context"
	"strings"
	"testing"

	"baton/app/backend"
)

// A hook prints what goes to the terminal of its session, as the one object
// Claude Code takes, and otherwise nothing.
func TestHookOutput(t *testing.T) {
	for name, c := range map[string]struct {
		done     backend.Result
		sequence string
		want     string
	}{
		"news":           {backend.Result{News: true}, "\x1b]9;<a> & \"b\"\a", `{"terminalSequence":"\u001b]9;<a> & \"b\"\u0007"}` + "\n"},
		"a swap":         {backend.Result{From: "a", To: "b"}, "\a", `{"terminalSequence":"\u0007"}` + "\n"},
		"switched off":   {backend.Result{News: true}, "", ""},
		"nothing is new": {backend.Result{Key: "a"}, "\a", ""},
	} {
		got := run(t, &fake{do: answers(c.done, nil)}, func(cfg *Config) {
			cfg.Stdin = strings.NewReader("{}")
			cfg.Told = func(context.Context, backend.Backend, backend.Result) string { return c.sequence }
		}, "hook")
		if got.code != 0 || got.stdout != c.want || got.stderr != "" {
			t.Errorf("%s: %+v, want %q", name, got, c.want)
		}
	}
}
