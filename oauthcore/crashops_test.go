//go:build unix

package oauthcore_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/providertest"
	"baton/oauthcore/view"
)

// stepOp is one operation that is cut off at every step.
type stepOp struct {
	// seed makes the home the operation finds; the vault is settled already
	// unless first is set.
	seed  func(*stepWorld)
	first bool
	run   func(context.Context, *oauthcore.Core, stepOrder) error
	// needs are steps that belong to it, least is how many there are at least.
	needs []string
	least int
	// window says that the answer with a new login was there when the child was
	// cut off, and saved nowhere yet.
	window func(taken []string) bool
	// forgets says that the login is given up on purpose.
	forgets func(w *stepWorld, fingerprint string) bool
	// again looks whether all goes on as if nothing had happened.
	again func(*stepWorld)
}

// The steps that put a login in its place.
const (
	liveStep  = "rename .credentials.json"
	vaultStep = "rename accounts.json"
	// answerStep writes the first half of a journal entry, in which the whole
	// answer is: what follows is blanks.
	answerStep = "overwrite answer"
)

func swapTo(r oauthcore.SwapRequest) func(context.Context, *oauthcore.Core, stepOrder) error {
	return func(ctx context.Context, c *oauthcore.Core, _ stepOrder) error {
		_, err := c.Swap(ctx, r)
		return err
	}
}

func saveLogin(ctx context.Context, c *oauthcore.Core, o stepOrder) error {
	_, err := save(ctx, c, o.Grant.grant())
	return err
}

func refresh(key string) func(context.Context, *oauthcore.Core, stepOrder) error {
	return func(ctx context.Context, c *oauthcore.Core, _ stepOrder) error {
		_, err := c.Refresh(ctx, key)
		return err
	}
}

func remove(revoke bool) func(context.Context, *oauthcore.Core, stepOrder) error {
	return func(ctx context.Context, c *oauthcore.Core, _ stepOrder) error {
		_, err := c.Remove(ctx, oauthcore.RemoveRequest{Name: work, Revoke: revoke})
		return err
	}
}

// after says that the refresh was sent and that none of the steps which save
// its answer was taken since.
func after(saves ...string) func([]string) bool {
	return func(taken []string) bool {
		sent := slices.Index(taken, "refresh.send")
		return sent >= 0 && !slices.ContainsFunc(taken[sent:], func(s string) bool { return slices.Contains(saves, s) })
	}
}

func neverTaken(step string) func([]string) bool {
	return func(taken []string) bool { return !slices.Contains(taken, step) }
}

func swapsTo(key string) func(*stepWorld) {
	return func(w *stepWorld) {
		w.swap(oauthcore.SwapRequest{To: key})
		w.world.live(key)
	}
}

func refreshes(key string) func(*stepWorld) {
	return func(w *stepWorld) {
		if _, err := w.core.Refresh(context.Background(), key); err != nil {
			w.Errorf("the refresh again: %v", err)
		}
		w.kept(key)
		w.world.live(personal)
	}
}

func removes(w *stepWorld) {
	_, err := w.core.Remove(context.Background(), oauthcore.RemoveRequest{Name: work})
	if err != nil && view.CodeOf(err) != view.CodeNotFound {
		w.Errorf("the removal again: %v", err)
	}
	if !w.account(work).Removed || strings.Contains(string(w.read(w.paths.Pool())), work) {
		w.Error("not removed")
	}
	w.world.live(personal)
}

func forgetsRemoved(w *stepWorld, fingerprint string) bool {
	return fingerprint == w.resident(work).Credentials.RefreshToken.Fingerprint() && w.account(work).Removed
}

// stepOps are the operations by name, which is also what the child is told.
func stepOps() map[string]stepOp {
	locks := []string{
		"lock.make .oauth_refresh.lock", "lock.place .oauth_refresh.lock", "lock.remove .oauth_refresh.lock",
		"lock.place .claude.lock", "create locks.json", "rename locks.json",
	}
	opened := append([]string{"open.locked", "open.saved"}, locks...)
	swapped := append([]string{
		"swap.1 account lock", "swap.4 activate", "lock.place .claude.json.lock", "lock.place .storage-write.lock",
		"create .credentials.json", "write .credentials.json", "write on .credentials.json", "sync .credentials.json",
		"close .credentials.json", liveStep, "syncdir .claude", "rename .claude.json", "swap.8 read back", "append activity.jsonl",
	}, opened...)
	refreshed := append([]string{"refresh.reserved", "refresh.send", "refresh.answered", vaultStep}, opened...)
	return map[string]stepOp{
		"swap": {
			run: swapTo(oauthcore.SwapRequest{To: work}), needs: swapped, least: 60, again: swapsTo(work),
		},
		"swap on a new machine": {
			first: true, run: swapTo(oauthcore.SwapRequest{To: work}), least: 100, again: swapsTo(work),
			needs: append([]string{vaultStep, "mkdir baton"}, swapped...),
		},
		"swap with a refresh": {
			run: swapTo(oauthcore.SwapRequest{To: lab}), least: 170, window: after(answerStep), again: swapsTo(work),
			needs: slices.Concat([]string{"swap.2 refresh"}, swapped, refreshed),
		},
		"swap with a mark": {
			run:   swapTo(oauthcore.SwapRequest{LimitedUntil: noon.Add(97 * time.Minute)}),
			needs: append([]string{"rename usage.json", "rename oauth_pool.json"}, swapped...), least: 75, again: swapsTo(work),
		},
		"swap with a login set aside": {
			seed: (*stepWorld).unprovable, run: swapTo(oauthcore.SwapRequest{To: work, SetAside: true}), least: 110,
			window: after(answerStep), // the account is in doubt, so it is refreshed
			needs:  append([]string{"rename login-20261123T131300Z-1.json", "mkdir set-aside"}, swapped...),
			again: func(w *stepWorld) {
				w.swap(oauthcore.SwapRequest{To: side, SetAside: true})
				w.world.live(side)
			},
		},
		"refresh of the live account": {
			run: refresh(personal), window: after(answerStep), needs: append([]string{liveStep}, refreshed...), least: 60, again: refreshes(personal),
		},
		"refresh of another account": {
			run: refresh(lab), window: after(answerStep), needs: refreshed, least: 50, again: refreshes(lab),
		},
		"swap to an account without uuids": {
			seed: func(w *stepWorld) { w.unowned() }, run: swapTo(oauthcore.SwapRequest{To: lab}), least: 150, window: after(answerStep),
			needs: slices.Concat([]string{"swap.2 refresh"}, swapped, refreshed), again: swapsTo(work),
		},
		"refresh without uuids": {
			seed: func(w *stepWorld) { w.unowned() }, run: refresh(lab), window: after(answerStep), needs: refreshed, least: 50,
			again: func(w *stepWorld) {
				if _, err := w.core.Refresh(context.Background(), lab); err != nil {
					w.Errorf("the refresh again: %v", err)
				}
				w.kept(lab)
			},
		},
		"login of a new account": {
			seed: func(w *stepWorld) { w.login("new@example.com") }, run: saveLogin, window: neverTaken(answerStep), least: 40,
			needs: append([]string{"login.journal", answerStep, "login.open", "open.ask", vaultStep, "remove answer"}, opened...),
			again: swapsTo(work),
		},
		"login of the live account": {
			seed: func(w *stepWorld) { w.login(personal) }, run: saveLogin, window: neverTaken(answerStep), least: 50,
			needs: append([]string{"login.journal", answerStep, vaultStep, liveStep, "remove answer"}, opened...),
			forgets: func(w *stepWorld, fp string) bool {
				return fp == w.resident(personal).Credentials.RefreshToken.Fingerprint() &&
					w.account(personal).Credential.Fingerprint() == w.granted
			},
			again: func(w *stepWorld) {
				swapsTo(work)(w)
				swapsTo(personal)(w)
			},
		},
		"login where nobody was logged in": {
			seed: func(w *stepWorld) {
				if err := os.Remove(w.paths.Credentials()); err != nil {
					w.Fatal(err)
				}
				w.login("new@example.com")
			},
			run: saveLogin, window: neverTaken(answerStep), least: 110,
			needs: append([]string{answerStep, vaultStep, "remove answer"}, swapped...), again: swapsTo(work),
		},
		"import": {
			seed: func(w *stepWorld) { w.unknown() }, least: 50,
			run: func(ctx context.Context, c *oauthcore.Core, _ stepOrder) error {
				_, err := c.Import(ctx)
				return err
			},
			needs: append([]string{"open.ask", vaultStep, "rename .claude.json", "import.opened"}, opened...),
			again: func(w *stepWorld) {
				if got, err := w.core.Import(context.Background()); err != nil || got.Key != "stranger@example.com" {
					w.Errorf("the import again: %+v, %v", got, err)
				}
				swapsTo(work)(w)
				w.kept("stranger@example.com")
			},
		},
		"removal": {
			run: remove(false), least: 40, needs: append([]string{"remove.account lock", "remove.forget", vaultStep, "rename oauth_pool.json"}, opened...),
			forgets: forgetsRemoved, again: removes,
		},
		"removal with revocation": {
			run: remove(true), least: 40, needs: append([]string{"remove.revoke", "remove.forget", vaultStep, "rename oauth_pool.json"}, opened...),
			forgets: forgetsRemoved, again: removes,
		},
		"mending after another tool": {
			// Only the token was swapped, to one used up since: the live login
			// and the name beside it are both wrong.
			seed: func(w *stepWorld) {
				old := string(w.read(w.paths.Credentials()))
				if _, err := w.core.Refresh(context.Background(), personal); err != nil {
					w.Fatal(err)
				}
				w.swap(oauthcore.SwapRequest{To: work})
				w.write(w.paths.Credentials(), old)
			},
			run:   func(ctx context.Context, c *oauthcore.Core, _ stepOrder) error { return c.Settle(ctx) },
			needs: append([]string{liveStep, "rename .claude.json"}, opened...), least: 50,
			again: func(w *stepWorld) { w.world.live(personal) },
		},
	}
}

// unprovable makes the live login one nobody can be found for.
func (w *stepWorld) unprovable() {
	w.unknown()
	if err := w.provider.Fail(providertest.Fault{Endpoint: providertest.EndpointProfile, Kind: providertest.FaultUnavailable, Times: -1}); err != nil {
		w.Fatal(err)
	}
}

// login makes the answer the child is to save.
func (w *stepWorld) login(who string) {
	g := w.grant(who)
	w.order.Grant, w.granted = writtenDown(g), g.RefreshToken.Fingerprint()
}
