//go:build !js

package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"

	"baton/app/single"
	"baton/oauthcore/claude"
)

// onlyOne makes this the one window for an environment's accounts. Where there
// is one already it is brought to the front instead, unless this start was to be
// hidden: then one is nil and code this process's exit status. Where that cannot
// be told the window opens all the same, since two of them do no harm.
func onlyOne(env environ, hidden bool, stderr io.Writer) (one *single.Instance, code int, mine bool) {
	place, err := windowsPlace(env)
	if err == nil {
		ask := single.Show
		if hidden {
			ask = single.Greet
		}
		one, err = single.Claim(context.Background(), place, ask, slog.New(slog.DiscardHandler))
	}
	var silent *single.SilentError
	switch {
	case errors.Is(err, single.ErrRunning) && hidden:
		return nil, 0, false
	case errors.Is(err, single.ErrRunning):
		fmt.Fprintln(stderr, "baton: the window was open already; it was brought to the front")
		return nil, 0, false
	case errors.As(err, &silent):
		fmt.Fprintln(stderr, "baton: the window is open already and does not answer")
		fmt.Fprintln(stderr, "  "+endIt(silent.PID))
		return nil, 1, false
	case err != nil:
		fmt.Fprintf(stderr, "baton: cannot tell whether a window is open already: %v\n", err)
	}
	return one, 0, true
}

// windowsPlace is where the one window for an environment's accounts is found.
func windowsPlace(env environ) (single.Place, error) {
	paths, err := claude.PathsFrom(claude.Lookup(env), func() (string, error) { return homeIn(env) })
	if err != nil {
		return single.Place{}, err
	}
	return single.Place{
		Accounts: paths.Secure, Own: paths.Own(),
		Runtime: env.get("XDG_RUNTIME_DIR"), Temp: os.TempDir(),
	}, nil
}

// endIt says how to get rid of a process that hangs.
func endIt(pid int) string {
	if pid == 0 {
		return "end the Baton that hangs, then start it again; no login is lost by that"
	}
	return "end it with: kill -9 " + strconv.Itoa(pid) + "; then start Baton again; no login is lost by that"
}
