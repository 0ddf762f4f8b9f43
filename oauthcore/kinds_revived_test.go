package oauthcore_test

import (
	"context"
	"testing"

	"baton/oauthcore"
	"baton/oauthcore/providertest"
)

// The live account is removed and taken back by an import. Removing noted its
// token as spent; a refresh of it whose answer is lost is then forgotten by the
// next open, and its token is presented again without being asked for.
func TestALostAnswerOfARevivedAccountIsForgotten(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.settled()
	w.swap(oauthcore.SwapRequest{To: personal})
	if _, err := w.core.Remove(ctx, oauthcore.RemoveRequest{Name: personal, Yes: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.core.Import(ctx); err != nil {
		t.Fatal(err)
	}
	w.kept(personal)
	w.fail(providertest.FaultLostAfter, 2)
	_, err := w.core.Refresh(ctx, personal)
	t.Log(err)
	if !w.unsure(personal) {
		t.Fatal("not unsure")
	}
	w.settled()
	if !w.unsure(personal) {
		t.Error("no longer unsure after an open that learned nothing")
	}
	if v := w.vault(); v.Spent(w.account(personal).Credential.RefreshToken) {
		t.Error("the account's own token counts as spent")
	}
}
