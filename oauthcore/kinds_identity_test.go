package oauthcore_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/providertest"
	"baton/oauthcore/secret"
)

// A refresh token that is used twice ends its login. Other programs write one
// login to the pool under several keys: another spelling, an address that
// changed. Without the rule each key becomes an account, and each account
// presents the same token.
func TestOneLoginUnderTwoKeysIsPresentedOnce(t *testing.T) {
	t.Parallel()
	keys := map[string][]string{
		"upper case":       {"ADA@corp.example"},
		"mixed case":       {"Ada@Corp.Example"},
		"with a space":     {" ada@corp.example"},
		"new address":      {"ada.byron@corp.example"},
		"sorted before":    {"0@corp.example"},
		"our own spelling": {work + "#" + "f25b8e60-19c3-4a7d-b5e4-8d1c6a90f212"},
		"no address":       {"work"},
		"empty":            {""},
		"four of them":     {"ADA@corp.example", "b@corp.example", "c@corp.example", "0"},
	}
	for name, more := range keys {
		for _, known := range []bool{true, false} {
			for _, lapsed := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s/known %v/lapsed %v", name, known, lapsed), func(t *testing.T) {
					t.Parallel()
					w := newWorld(t)
					if known {
						w.settled()
					}
					cr := w.resident(work).Credentials
					if lapsed {
						w.clock.Add(9 * time.Hour)
					}
					for _, key := range more {
						w.pool(key, cr)
					}
					for range 2 {
						w.settled()
						w.truthful()
					}
					w.refreshAll()
					if n := len(w.vault().Accounts()); n != 5 {
						t.Errorf("%d accounts, want the five there are", n)
					}
					w.nothingLost()
				})
			}
		}
	}
}

// The same with an entry that has an access token only, as huskies writes for a
// login without a refresh token. Without the rule it is taken for the account's
// newer login, and the refresh token is gone from the vault.
func TestAnEntryWithoutARefreshTokenTakesNoneAway(t *testing.T) {
	t.Parallel()
	for _, key := range []string{work, "ADA@corp.example", "a@corp.example"} {
		for _, access := range []string{"the same", "an older one", "a newer one"} {
			t.Run(key+"/"+access, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.settled()
				cr := w.resident(work).Credentials
				refresh := cr.RefreshToken
				switch access {
				case "an older one":
					cr = w.issueFor(work, time.Hour, 20*24*time.Hour)
				case "a newer one":
					cr = w.issueFor(work, 8*time.Hour, 27*24*time.Hour)
				}
				bare := cr
				bare.RefreshToken = secret.Secret{}
				w.pool(key, bare)
				w.settled()
				if got := w.account(work).Credential.RefreshToken; !got.Equal(refresh) {
					t.Errorf("the account's refresh token is gone from the vault")
				}
				w.refreshAll()
			})
		}
	}
}

// A pool entry whose login turns out to be another account's while it is being
// swapped to. Without the rule it is activated under the wrong name: prompts
// run on an account the person did not choose.
func TestALoginOfAnotherAccountIsNotActivatedUnderTheWrongName(t *testing.T) {
	t.Parallel()
	for _, fresh := range []time.Duration{-time.Minute, 4 * time.Hour} {
		for _, offline := range []bool{false, true} {
			t.Run(fmt.Sprintf("fresh for %v/offline %v", fresh, offline), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.swap(oauthcore.SwapRequest{To: work})
				w.swap(oauthcore.SwapRequest{To: personal})
				w.pool("alias@corp.example", w.issueFor(work, fresh, 28*24*time.Hour))
				if offline {
					w.offline()
				}
				_, err := w.core.Swap(context.Background(), oauthcore.SwapRequest{To: "alias@corp.example"})
				owner := w.ownerOf(w.credential().Fingerprint())
				named := w.liveName()
				if owner != named && named != " " { // Claude Code fills in a name that is absent
					t.Errorf("swap: %v; the live login is of %s, .claude.json names %s", err, owner, named)
				}
				if err == nil && !strings.HasPrefix(owner, w.resident(work).Person.AccountUUID) {
					t.Errorf("swapped to %s", owner)
				}
				w.online()
				w.settled()
				w.refreshAll()
			})
		}
	}
}

// One account has three logins, made one after the other, which Baton meets in
// every order: in the pool under its key, in the pool under another key, live.
// Without the rule an older one takes the newest one's place, and the newest is
// forgotten. Whatever the order, the newest is the account's in the end, and
// each login that Baton did not know to be replaced is still there.
func TestOfSeveralLoginsTheNewestStaysInEveryOrder(t *testing.T) {
	t.Parallel()
	meet := map[string]func(*world, providertest.Credentials){
		"pool":  func(w *world, cr providertest.Credentials) { w.pool(work, cr) },
		"alias": func(w *world, cr providertest.Credentials) { w.pool("ADA.BYRON@corp.example", cr) },
		"live":  func(w *world, cr providertest.Credentials) { w.goLive(work, cr, true) },
	}
	for _, order := range permutations([]int{0, 1, 2}) {
		for _, places := range permutations([]string{"pool", "alias", "live"}) {
			for _, opens := range []string{"after each", "once"} {
				t.Run(fmt.Sprintf("%v/%s/open %s", order, strings.Join(places, " "), opens), func(t *testing.T) {
					t.Parallel()
					w := newWorld(t)
					w.settled()
					var logins []providertest.Credentials
					for i := range 3 {
						w.clock.Add(10 * time.Minute)
						logins = append(logins, w.issueFor(work, 6*time.Hour+time.Duration(i)*10*time.Minute, 28*24*time.Hour))
					}
					for i, n := range order {
						meet[places[i]](w, logins[n])
						if opens == "after each" {
							w.settled()
							w.truthful()
						}
					}
					w.settled()
					w.truthful()
					if got := w.account(work).Credential.RefreshToken; !got.Equal(logins[2].RefreshToken) {
						t.Errorf("the newest login is not the account's")
					}
					w.refreshAll()
				})
			}
		}
	}
}

// Two logins of one account were finished by the browser while Baton could not
// open its files. Without the rule the order of two random file names says which
// of them stays.
func TestOfTwoWaitingLoginsTheLaterStays(t *testing.T) {
	t.Parallel()
	for i := range 6 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.settled()
			pool := w.read(w.paths.Pool())
			w.write(w.paths.Pool(), "{") // open cannot go on
			var last secret.Secret
			for range 3 {
				w.clock.Add(time.Minute / 2)
				g := w.grant(work)
				saved, err := save(context.Background(), w.core, g)
				if err != nil || saved.Note == "" {
					t.Fatalf("%+v, %v", saved, err)
				}
				last = g.RefreshToken
			}
			w.write(w.paths.Pool(), string(pool))
			w.settled()
			if !w.account(work).Credential.RefreshToken.Equal(last) {
				t.Error("an earlier login stayed")
			}
			w.refreshAll()
		})
	}
}

// permutations are all orders of a list.
func permutations[T any](list []T) (out [][]T) {
	if len(list) == 0 {
		return [][]T{nil}
	}
	for i := range list {
		rest := slices.Delete(slices.Clone(list), i, i+1)
		for _, p := range permutations(rest) {
			out = append(out, append([]T{list[i]}, p...))
		}
	}
	return out
}
