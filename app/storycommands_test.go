//go:build !js

package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"

	"baton/oauthcore/providertest"
)

// storyCommands are what a story has besides baton:
//
//	seed five|live-only|empty       makes the home
//	consent EMAIL URLFILE           follows the address in URLFILE and allows that account
//	provider kill|expire EMAIL      ends a login, or its access token
//	provider fault ENDPOINT KIND [TIMES]
//	provider issue EMAIL FILE       writes a credentials file with a login of its own
//	huskies rewrite                 writes the pool as huskies does
//	huskies limit EMAIL MINUTES     and marks an account in it
//	keyring bus|start PASSWORD|lock|stop|hang METHOD
func storyCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"seed":     func(ts *testscript.TestScript, _ bool, a []string) { ts.Check(worldOf(ts).seed(one(ts, a))) },
		"consent":  consent,
		"provider": func(ts *testscript.TestScript, _ bool, a []string) { ts.Check(worldOf(ts).order(ts, a)) },
		"keyring":  keyringOrder,
		"huskies":  func(ts *testscript.TestScript, _ bool, a []string) { ts.Check(huskies(poolIn(ts), a)) },
	}
}

func worldOf(ts *testscript.TestScript) *world { return ts.Value(worldKey{}).(*world) }

func poolIn(ts *testscript.TestScript) string {
	return filepath.Join(ts.Getenv("HOME"), ".claude", "oauth_pool.json")
}

func one(ts *testscript.TestScript, args []string) string {
	if len(args) != 1 {
		ts.Fatalf("one argument, not %q", args)
	}
	return args[0]
}

// consent does what a person does in the browser. The address is waited for:
// the command that prints it runs in the background.
func consent(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: consent EMAIL URLFILE")
	}
	ctx, cancel := context.WithTimeout(context.Background(), hangs)
	defer cancel()
	var address string
	ts.Check(until(ctx, func() bool {
		printed, err := os.ReadFile(ts.MkAbs(args[1]))
		line, _, whole := bytes.Cut(printed, []byte("\n"))
		address = string(line)
		return err == nil && whole
	}))
	pasted, err := providertest.Visit(ctx, address, args[0])
	ts.Check(err)
	fmt.Fprint(ts.Stdout(), pasted)
}

// order carries out a story's `provider …`.
func (w *world) order(ts *testscript.TestScript, args []string) error {
	if len(args) < 2 {
		return os.ErrInvalid
	}
	switch args[0] {
	case "kill":
		w.killed[args[1]] = true
		return w.home.Kill(args[1])
	case "expire":
		for _, r := range w.home.Residents {
			if r.Key == args[1] {
				return w.provider.Expire(r.Person.AccountUUID, r.Person.OrganizationUUID)
			}
		}
	case "issue":
		for _, r := range w.home.Residents {
			if r.Key == args[1] && len(args) == 3 {
				return w.issue(r.Person, ts.MkAbs(args[2]))
			}
		}
	case "fault":
		f := providertest.Fault{Endpoint: providertest.Endpoint(args[1]), Kind: providertest.FaultKind(args[2])}
		if len(args) > 3 {
			n, err := strconv.Atoi(args[3])
			if err != nil {
				return err
			}
			f.Times = n
		}
		w.excused = w.excused || f.Kind == providertest.FaultLostAfter || f.Kind == providertest.FaultTruncated
		return w.provider.Fail(f)
	}
	return fmt.Errorf("%w: provider %q", os.ErrInvalid, args)
}

// issue writes what Claude Code writes after a login.
func (w *world) issue(who providertest.Person, path string) error {
	c, err := w.provider.Issue(who.AccountUUID, who.OrganizationUUID)
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string]any{"claudeAiOauth": map[string]any{
		"accessToken":           c.AccessToken.Reveal(),
		"refreshToken":          c.RefreshToken.Reveal(),
		"expiresAt":             c.ExpiresAt.UnixMilli(),
		"refreshTokenExpiresAt": c.LoginExpiresAt.UnixMilli(),
		"scopes":                c.Scopes,
		"subscriptionType":      who.Plan(),
		"rateLimitTier":         who.RateLimitTier,
		"accountUuid":           c.AccountUUID,
		"organizationUuid":      c.OrganizationUUID,
	}})
	if err != nil {
		return err
	}
	return os.WriteFile(path, body, 0o600)
}
