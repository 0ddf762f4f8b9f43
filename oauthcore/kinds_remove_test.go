package oauthcore_test

import (
	"testing"

	"baton/oauthcore"
	"baton/oauthcore/providertest"
)

// After remove --revoke --yes of the live account Claude Code does not stay logged
// in.
func TestRemovedAndRevokedIsNotLoggedIn(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: work})
	done, err := w.core.Remove(t.Context(), oauthcore.RemoveRequest{Name: work, Revoke: true, Yes: true})
	if err != nil {
		t.Fatal(err)
	}
	if done.Live && !w.alive(w.credential().Fingerprint()) {
		t.Error("told that Claude Code stays logged in, but the login was revoked")
	}
}

// The live login is an account's newest one, which cannot be proved now. The
// account is not removed with --revoke without --yes: that ends the live login.
func TestRevokeWhileTheLiveLoginIsUnproved(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: work})
	w.clientRefreshes()
	p := patientOf(w)
	for _, member := range []string{"accountUuid", "organizationUuid", "refreshTokenExpiresAt"} {
		p.del(w.paths.Credentials(), "claudeAiOauth", member)
	}
	if err := w.provider.Fail(providertest.Fault{Endpoint: providertest.EndpointProfile, Kind: providertest.FaultServerError, Times: -1}); err != nil {
		t.Fatal(err)
	}
	_, err := w.core.Remove(t.Context(), oauthcore.RemoveRequest{Name: work, Revoke: true})
	t.Logf("remove: %v", err)
	if v := w.provider.Violations(); len(v) > 0 {
		w.expected = len(v)
		t.Errorf("%q", v)
	}
	if !w.alive(w.credential().Fingerprint()) {
		t.Error("the login Claude Code uses was ended without --yes")
	}
}

// A journal entry that cannot be read may hold the account's newest login: the
// token that is revoked then is not the newest (X2), and with the account the vault
// forgets whose the entry is.
func TestRemoveWithAnUnreadableAnswer(t *testing.T) {
	w := newWorld(t)
	w.settled()
	fp := w.account(lab).Credential.Fingerprint()
	w.write(w.paths.Answers()+"/"+fp+".json", `{"schemaVersion":1,"presented":"`+fp+`","claudeAiOauth":{"accessToken":"sk-ant-oat01-TEST-x","refres`)
	_, err := w.core.Remove(t.Context(), oauthcore.RemoveRequest{Name: lab, Revoke: true})
	t.Logf("remove: %v", err)
	if err == nil {
		t.Error("revoked and removed although the newest token may be in the entry that was not read")
	}
}
