package oauthcore_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"baton/oauthcore"
)

// .credentials.json comes back from a backup. Without the rule the older login
// takes the newer one's place in the vault, and the newer one is forgotten.
func TestAnOlderLiveLoginFromABackupTakesNoNewerOnesPlace(t *testing.T) {
	t.Parallel()
	for _, pool := range []bool{true, false} {
		for _, identifiers := range []bool{true, false} {
			for _, newer := range []string{"refreshed by Claude Code", "refreshed by Baton", "logged in again"} {
				for _, offline := range []bool{false, true} {
					t.Run(fmt.Sprintf("pool %v/identifiers %v/%s/offline %v", pool, identifiers, newer, offline), func(t *testing.T) {
						t.Parallel()
						w := newWorld(t)
						if !pool {
							if err := os.Remove(w.paths.Pool()); err != nil {
								t.Fatal(err)
							}
						}
						old := w.issueFor(personal, time.Hour, 20*24*time.Hour)
						w.goLive(personal, old, identifiers)
						backup := string(w.read(w.paths.Credentials()))
						if newer != "refreshed by Claude Code" {
							w.settled() // else Baton never saw the old one
						}
						w.clock.Add(10 * time.Minute)
						switch newer {
						case "refreshed by Claude Code":
							w.clientRefreshes()
							w.replaceText(w.paths.Credentials(), millis(old.ExpiresAt), millis(w.clock.Now().Add(8*time.Hour)))
						case "refreshed by Baton":
							if _, err := w.core.Refresh(context.Background(), personal); err != nil {
								t.Fatal(err)
							}
						case "logged in again":
							w.login(personal)
						}
						w.settled()
						good := w.account(personal).Credential
						if !w.alive(good.Fingerprint()) {
							t.Fatal("the vault has not got the newer login")
						}
						w.write(w.paths.Credentials(), backup)
						if offline {
							w.offline()
						}
						_ = w.core.Settle(context.Background()) // offline its owner may stay unknown
						if !w.account(personal).Credential.RefreshToken.Equal(good.RefreshToken) {
							t.Error("the older login took the newer one's place")
						}
						w.online()
						_ = w.core.Settle(context.Background())
						if !w.account(personal).Credential.RefreshToken.Equal(good.RefreshToken) {
							t.Error("the older login took the newer one's place once it was asked about")
						}
						if newer != "refreshed by Claude Code" || identifiers {
							w.live(personal) // Claude Code has the newer one again
							w.refreshAll()
						}
					})
				}
			}
		}
	}
}

// replaceText replaces a text in a file.
func (w *world) replaceText(path, old, next string) {
	w.Helper()
	doc := string(w.read(path))
	if !strings.Contains(doc, old) {
		w.Fatalf("%s does not contain %s", path, old)
	}
	w.write(path, strings.ReplaceAll(doc, old, next))
}

// writes are things that write vault and pool and are about another account.
func writes() map[string]func(context.Context, *oauthcore.Core) error {
	return map[string]func(context.Context, *oauthcore.Core) error{
		"pause": func(ctx context.Context, c *oauthcore.Core) error { _, err := c.Pause(ctx, lab); return err },
		"rename": func(ctx context.Context, c *oauthcore.Core) error {
			_, err := c.Rename(ctx, lab, "Laboratory")
			return err
		},
		"refresh": func(ctx context.Context, c *oauthcore.Core) error { _, err := c.Refresh(ctx, lab); return err },
		"usage":   func(ctx context.Context, c *oauthcore.Core) error { _, _, err := c.CheckUsage(ctx, side); return err },
		"settle":  func(ctx context.Context, c *oauthcore.Core) error { return c.Settle(ctx) },
		"swap": func(ctx context.Context, c *oauthcore.Core) error {
			_, err := c.Swap(ctx, oauthcore.SwapRequest{To: night})
			return err
		},
		"remove another": func(ctx context.Context, c *oauthcore.Core) error {
			_, err := c.Remove(ctx, oauthcore.RemoveRequest{Name: lab})
			return err
		},
	}
}

// huskies logs in again to an account that was removed from Baton: its entry is
// the only copy of that login. Without the rule any write of Baton's deletes it,
// or brings the removed account back.
func TestARemovedAccountsNewPoolLoginIsLeftAlone(t *testing.T) {
	t.Parallel()
	for name, write := range writes() {
		for _, key := range []string{work, "ADA@corp.example"} {
			for _, fresh := range []time.Duration{6 * time.Hour, -time.Minute} {
				t.Run(fmt.Sprintf("%s/%s/fresh %v", name, key, fresh), func(t *testing.T) {
					t.Parallel()
					w := newWorld(t)
					ctx := context.Background()
					w.swap(oauthcore.SwapRequest{To: personal})
					if _, err := w.core.Remove(ctx, oauthcore.RemoveRequest{Name: work}); err != nil {
						t.Fatal(err)
					}
					cr := w.issueFor(work, fresh, 28*24*time.Hour)
					w.pool(key, cr)
					if err := write(ctx, w.core); err != nil {
						t.Fatal(err)
					}
					in := strings.Join(w.onDisk()[cr.RefreshToken.Fingerprint()], " ")
					if !strings.Contains(in, "oauth_pool.json") && !strings.Contains(in, "set-aside") && !strings.Contains(in, "accounts.json") {
						t.Errorf("huskies' login is in %q", in)
					}
					if key == work && !strings.Contains(in, "oauth_pool.json") {
						t.Errorf("huskies lost its login; it is in %q", in)
					}
					if a := w.account(work); !a.Removed {
						t.Error("the removed account is back")
					}
				})
			}
		}
	}
}

// A removed account stays logged in in Claude Code, and then another becomes
// live. Without the rule that login is overwritten and kept nowhere.
func TestARemovedLiveLoginIsSetAsideBeforeItIsReplaced(t *testing.T) {
	t.Parallel()
	for _, since := range []string{"nothing", "Claude Code refreshed", "logged in again", "an open"} {
		for _, by := range []string{"swap", "next", "back and forth", "login of it"} {
			t.Run(since+"/"+by, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				ctx := context.Background()
				w.settled()
				w.swap(oauthcore.SwapRequest{To: work})
				w.swap(oauthcore.SwapRequest{To: personal})
				if _, err := w.core.Remove(ctx, oauthcore.RemoveRequest{Name: personal, Yes: true}); err != nil {
					t.Fatal(err)
				}
				switch since {
				case "Claude Code refreshed":
					w.clientRefreshes()
				case "logged in again":
					w.goLive(personal, w.issueFor(personal, 8*time.Hour, 28*24*time.Hour), true)
				case "an open":
					w.settled()
				}
				cr := w.credential()
				switch by {
				case "swap":
					w.swap(oauthcore.SwapRequest{To: work})
				case "next":
					w.swap(oauthcore.SwapRequest{})
				case "back and forth":
					w.swap(oauthcore.SwapRequest{To: work})
					w.swap(oauthcore.SwapRequest{To: night})
					w.swap(oauthcore.SwapRequest{To: work})
				case "login of it":
					w.login(personal)
					w.swap(oauthcore.SwapRequest{To: work})
				}
				in := strings.Join(w.onDisk()[cr.Fingerprint()], " ")
				if by != "login of it" && !strings.Contains(in, "set-aside") {
					t.Errorf("the login that was live is in %q, want set-aside", in)
				}
				a := w.vault().Get(personal)
				if back := a != nil && !a.Removed; back != (by == "login of it") {
					t.Errorf("the removed account is back: %v", back)
				}
				w.truthful()
				w.refreshAll()
			})
		}
	}
}
