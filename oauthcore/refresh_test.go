package oauthcore_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/accounts"
	"baton/oauthcore/files/filestest"
	"baton/oauthcore/provider"
	"baton/oauthcore/providertest"
	"baton/oauthcore/view"

	"github.com/tidwall/gjson"
)

func (w *world) fail(kind providertest.FaultKind, times int) {
	w.Helper()
	f := providertest.Fault{Endpoint: providertest.EndpointRefresh, Kind: kind, Times: times}
	if kind == providertest.FaultRateLimited || kind == providertest.FaultUnavailable {
		f.RetryAfter = 90 * time.Second
	}
	if err := w.provider.Fail(f); err != nil {
		w.Fatal(err)
	}
}

func TestRefreshOfTheLiveAccountReachesClaudeCode(t *testing.T) {
	w := newWorld(t)
	before := w.read(w.paths.Credentials())
	got, err := w.core.Refresh(context.Background(), personal)
	if err != nil || got.Key != personal || !got.ExpiresAt.Equal(w.clock.Now().Add(8*time.Hour)) {
		t.Fatalf("refreshed %+v, %v", got, err)
	}
	w.live(personal)
	w.kept(personal)
	onlyMember(t, before, w.read(w.paths.Credentials()), "claudeAiOauth")
	if a := w.account(personal); !a.Credential.Same(w.credential()) || w.unsure(personal) {
		t.Error("vault and live file disagree")
	}
	// The login's own deadline does not move.
	if was := w.resident(personal).Credentials.LoginExpiresAt; !w.credential().RefreshExpiresAt.Equal(was) {
		t.Errorf("the deadline moved from %v to %v", was, w.credential().RefreshExpiresAt)
	}
}

func TestRefreshOfAnotherAccountLeavesTheLiveOneAlone(t *testing.T) {
	w := newWorld(t)
	before := string(w.read(w.paths.Credentials()))
	if _, err := w.core.Refresh(context.Background(), lab); err != nil {
		t.Fatal(err)
	}
	if string(w.read(w.paths.Credentials())) != before {
		t.Error("the live login changed")
	}
	w.kept(lab)
	entry := gjson.GetBytes(w.read(w.paths.Pool()), `accounts.lab@uni\.example`)
	if entry.Get("refreshToken").String() != w.account(lab).Credential.RefreshToken.Reveal() {
		t.Error("the pool was not brought in line")
	}
}

func TestTroubleOnTheWayKeepsTheLogin(t *testing.T) {
	for _, kind := range []providertest.FaultKind{providertest.FaultRateLimited, providertest.FaultUnavailable, providertest.FaultServerError, providertest.FaultInvalidClient} {
		t.Run(string(kind), func(t *testing.T) {
			w := newWorld(t)
			w.fail(kind, 1)
			before := w.provider.State().Calls[providertest.EndpointRefresh]
			_, err := w.core.Refresh(context.Background(), lab)
			e := wantCode(t, err, view.CodeOffline)
			if kind == providertest.FaultRateLimited && !strings.Contains(e.Hint, "1m30s") {
				t.Errorf("hint %q does not say how long", e.Hint)
			}
			if n := w.provider.State().Calls[providertest.EndpointRefresh] - before; n != 1 {
				t.Errorf("%d requests: nothing is repeated blindly", n)
			}
			if v := w.view(lab); !v.Offline || v.Unsure || v.NeedsLogin {
				t.Errorf("shown as %+v", v)
			}
			if _, err := w.core.Refresh(context.Background(), lab); err != nil {
				t.Fatalf("later: %v", err)
			}
			if w.view(lab).Offline {
				t.Error("still shown as offline")
			}
		})
	}
}

func TestALostAnswerIsAskedForOnceMoreAndThenUnsure(t *testing.T) {
	w := newWorld(t)
	w.fail(providertest.FaultLostBefore, 1)
	if _, err := w.core.Refresh(context.Background(), lab); err != nil {
		t.Fatalf("the immediate repeat: %v", err)
	}
	w.fail(providertest.FaultHTML, 2)
	_, err := w.core.Refresh(context.Background(), lab)
	wantCode(t, err, view.CodeUnsure)
	if v := w.view(lab); !v.Unsure || v.NeedsLogin {
		t.Errorf("shown as %+v", v)
	}
	// Unsure accounts are never chosen by themselves.
	if _, err := w.core.Limit(context.Background(), work, w.clock.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	_, err = w.core.Swap(context.Background(), oauthcore.SwapRequest{})
	wantCode(t, err, view.CodeNoOther)
	// The person asks: it turns out well.
	if _, err := w.core.Refresh(context.Background(), lab); err != nil {
		t.Fatal(err)
	}
	if w.view(lab).Unsure {
		t.Error("still unsure")
	}
	w.kept(lab)
}

func TestALoginUsedUpOnTheWayIsExplained(t *testing.T) {
	w := newWorld(t)
	w.fail(providertest.FaultLostAfter, 1)
	_, err := w.core.Refresh(context.Background(), lab)
	if e := wantCode(t, err, view.CodeNeedsLogin); !strings.Contains(e.Message, "never arrived") {
		t.Errorf("message %q", e.Message)
	}
	if v := w.view(lab); !v.NeedsLogin {
		t.Errorf("shown as %+v", v)
	}
	calls := w.provider.State().Calls[providertest.EndpointRefresh]
	_, err = w.core.Refresh(context.Background(), lab)
	wantCode(t, err, view.CodeNeedsLogin)
	if w.provider.State().Calls[providertest.EndpointRefresh] != calls {
		t.Error("a dead token was presented again")
	}
}

func TestAProviderThatKeepsTheRefreshToken(t *testing.T) {
	w := newWorld(t)
	w.fail(providertest.FaultNoRefresh, 1)
	if _, err := w.core.Refresh(context.Background(), lab); err != nil {
		t.Fatal(err)
	}
	a := w.account(lab)
	if !a.Credential.RefreshToken.Equal(w.resident(lab).Credentials.RefreshToken) || w.unsure(lab) {
		t.Error("the token that stays good counts as spent")
	}
	if _, err := w.core.Refresh(context.Background(), lab); err != nil {
		t.Fatal(err)
	}
	w.kept(lab)
}

func TestNoNetworkKeepsEverything(t *testing.T) {
	w := newWorld(t)
	w.settled()
	w.swap(oauthcore.SwapRequest{To: personal})
	endpoints, err := provider.FromBase("http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	w.core.Provider = provider.New(endpoints, provider.Options{Now: w.clock.Now})
	_, err = w.core.Refresh(context.Background(), lab)
	wantCode(t, err, view.CodeOffline)
	if w.unsure(lab) {
		t.Error("nothing was sent, so nothing is unsure")
	}
	// An account whose access token is good needs no network.
	w.swap(oauthcore.SwapRequest{To: work})
	w.live(work)
}

// The token is on disk as spent before it is presented, and the answer is
// saved although the person canceled meanwhile.
func TestTheOrderOfARefresh(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	ctx, cancel := context.WithCancel(context.Background())
	answer := w.midRefresh(ctx, lab)
	if !w.unsure(lab) {
		t.Error("the token is being presented and not on disk as spent")
	}
	cancel()
	if err := answer(); err != nil {
		t.Errorf("refresh: %v", err)
	}
	if w.unsure(lab) {
		t.Error("the answer was not saved")
	}
	w.kept(lab)
}

func TestCanceledBeforeItIsSentChangesNothing(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	calls := w.provider.State().Calls[providertest.EndpointRefresh]
	if _, err := w.core.Refresh(ctx, lab); err == nil {
		t.Error("no error")
	}
	if w.provider.State().Calls[providertest.EndpointRefresh] != calls {
		t.Error("something was sent")
	}
	if _, err := w.core.Refresh(context.Background(), lab); err != nil {
		t.Fatal(err)
	}
}

// A newer login arrives while a refresh of the older one is under way: the
// answer is dropped, and its token never comes back.
func TestAnAnswerIsSavedOnlyOntoItsOwnToken(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	if _, err := w.core.Refresh(context.Background(), lab); err != nil { // tells whose it is
		t.Fatal(err)
	}
	answer := w.midRefresh(context.Background(), lab)
	w.login(lab)
	newer := w.account(lab).Credential
	if err := answer(); err != nil {
		t.Errorf("refresh: %v", err)
	}
	if a := w.account(lab); !a.Credential.Same(newer) {
		t.Error("the older login's answer was saved over the newer login")
	}
	if n := len(w.vault().Fingerprints()) - len(w.vault().Accounts()); n != 3 {
		t.Errorf("spent %d tokens, want the one presented and the one dropped", n)
	}
	w.kept(lab)
}

// Live first: when the process dies between the two writes, Claude Code is
// not left with the used-up token.
func TestARefreshOfTheLiveAccountWritesItsFileFirst(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	old := w.credential()
	var live, kept accounts.Credential
	w.core = w.newCore(&filestest.FS{Before: filestest.On("rename", func(to string) error {
		if to == w.paths.Vault() {
			live, kept = w.credential(), w.account(personal).Credential
		}
		return nil
	})})
	if _, err := w.core.Refresh(context.Background(), personal); err != nil {
		t.Fatal(err)
	}
	if live.Same(old) || !kept.Same(old) {
		t.Error("the vault was written before the live file")
	}
	w.live(personal)
}
