package oauthcore_test

import (
	"os"
	"strings"
	"testing"

	"baton/oauthcore"
	"baton/oauthcore/mirror"
	"baton/oauthcore/providertest"
)

// The whole home comes from a backup, the high-water mark too; the keyring does not.
// A copy that is ahead of the vault proves it.
func TestACopyAheadIsEvidence(t *testing.T) {
	w := backedUpWith(t, lab, func(*world) {})
	if err := os.RemoveAll(w.paths.State); err != nil {
		t.Fatal(err)
	}
	rows, err := w.copies().Push(t.Context(), mirror.PushRequest{Asked: true})
	if err != nil {
		t.Fatal(err)
	}
	hint := ""
	for _, row := range rows {
		if row.Key == lab && row.State == mirror.Ahead {
			hint = row.Err.Hint
		}
	}
	if hint == "" {
		t.Fatalf("not ahead: %+v", rows)
	}
	t.Run("the hint helps", func(t *testing.T) {
		if !strings.Contains(hint, "keyring restore "+lab+" --force") {
			t.Fatalf("the hint is %q", hint)
		}
		if row := w.restore(mirror.RestoreRequest{Name: lab, Force: true})[lab]; row.State != mirror.Restored {
			t.Errorf("%q gives %+v", hint, row)
		}
	})
	t.Run("a swap without a name leaves it", func(t *testing.T) {
		_ = w.swapToOnly(lab)
		if v := w.provider.Violations(); len(v) > 0 {
			w.expected = len(v)
			t.Errorf("%q", v)
		}
	})
}

// A revocation whose answer was lost: the login may have ended, so no swap chooses
// the account by itself.
func TestALostRevocationLeavesADoubt(t *testing.T) {
	w := newWorld(t)
	w.settled()
	if err := w.provider.Fail(providertest.Fault{Endpoint: providertest.EndpointRevoke, Kind: providertest.FaultLostAfter, Times: -1}); err != nil {
		t.Fatal(err)
	}
	_, err := w.core.Remove(t.Context(), oauthcore.RemoveRequest{Name: lab, Revoke: true})
	if err == nil {
		t.Fatal("it went well")
	}
	t.Log(err)
	if !w.unsure(lab) {
		t.Error("the login has ended at the provider and counts as good here")
	}
}
