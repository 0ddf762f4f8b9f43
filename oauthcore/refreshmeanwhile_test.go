package oauthcore_test

import (
	"context"
	"path/filepath"
	"testing"

	"baton/oauthcore"
	"baton/oauthcore/files/filestest"
	"baton/oauthcore/providertest"
	"baton/oauthcore/view"

	"github.com/tidwall/gjson"
)

// Another switcher makes the account live before its refresh is sent: the token is
// not presented without the locks around Claude Code's file.
func TestAnAccountThatBecomesLiveBeforeItsRefreshIsSent(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	old := w.account(lab).Credential
	w.core = w.newCore(&filestest.FS{Before: filestest.On("rename", func(to string) error {
		if filepath.Dir(to) == w.paths.Answers() {
			w.write(w.paths.Credentials(), `{"claudeAiOauth":`+string(old.JSON())+`}`)
		}
		return nil
	})})
	calls := w.provider.State().Calls[providertest.EndpointRefresh]
	_, err := w.core.Refresh(context.Background(), lab)
	wantCode(t, err, view.CodeBusy)
	if w.provider.State().Calls[providertest.EndpointRefresh] != calls || !w.credential().Same(old) {
		t.Error("it was sent")
	}
}

// Offline says that the provider could not be reached; an answer of any kind ends
// it, and it never stands for an answer that was lost.
func TestWhatARefreshSaysOfTheNetwork(t *testing.T) {
	const ended = "the login ended"
	for kind, offline := range map[providertest.FaultKind]bool{
		providertest.FaultUnavailable: true, providertest.FaultHTML: false, ended: false, "": false,
	} {
		for _, before := range []bool{false, true} {
			w := newWorld(t)
			w.settled()
			if before {
				w.fail(providertest.FaultUnavailable, 1)
				if _, err := w.core.Refresh(context.Background(), lab); err == nil {
					t.Fatal("no error")
				}
			}
			switch kind {
			case ended:
				if who := w.resident(lab).Person; w.provider.Kill(who.AccountUUID, who.OrganizationUUID) != nil {
					t.Fatal("no such account")
				}
			case "":
			default:
				w.fail(kind, 2)
			}
			if _, err := w.core.Refresh(context.Background(), lab); (err == nil) != (kind == "") {
				t.Fatal(err)
			}
			if got := w.view(lab).Offline; got != offline {
				t.Errorf("%q, offline before %v: offline %v", kind, before, got)
			}
			w.provider.ClearFaults()
		}
	}
}

// Another switcher makes the account live while its refresh is under way: the
// new login goes there at once.
func TestAnAccountThatBecomesLiveMeanwhile(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	old := w.account(lab).Credential
	answer := w.midRefresh(context.Background(), lab)
	w.write(w.paths.Credentials(), `{"claudeAiOauth":`+string(old.JSON())+`,"mcpOAuth":{"x":1}}`)
	if err := answer(); err != nil {
		t.Fatal(err)
	}
	if !w.credential().Same(w.account(lab).Credential) || w.credential().Same(old) {
		t.Error("Claude Code was left with the used-up token")
	}
	if gjson.GetBytes(w.read(w.paths.Credentials()), "mcpOAuth.x").Int() != 1 {
		t.Error("a sibling was lost")
	}
}

// Canceled after the note and before the request: the note is taken back.
func TestCanceledJustBeforeItIsSent(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	ctx, cancel := context.WithCancel(context.Background())
	w.core = w.newCore(&filestest.FS{Before: filestest.On("rename", func(to string) error {
		if filepath.Dir(to) == w.paths.Answers() {
			cancel()
		}
		return nil
	})})
	calls := w.provider.State().Calls[providertest.EndpointRefresh]
	if _, err := w.core.Refresh(ctx, lab); err == nil {
		t.Error("no error")
	}
	if w.provider.State().Calls[providertest.EndpointRefresh] != calls {
		t.Error("it was sent")
	}
	if w.unsure(lab) {
		t.Error("the account is unsure, though nothing was sent")
	}
}
